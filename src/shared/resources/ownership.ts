// Whose a found thing is. Only what carries this tenant's tags is changed or deleted, unless a person adopts it.
import { isOurs, managedBy } from '../fleet/names.ts';
import type { Tags } from '../fleet/types.ts';
import type { Sight } from '../resource.ts';
import { type Surroundings, tagRecord } from './surroundings.ts';

export type Tagged = ReadonlyMap<Sight, Tags | 'by-name'>;

/** One DescribeTags for the load balancing things; everything else brought its tags along. */
export const readTags = async (
  { aws }: Pick<Surroundings, 'aws'>,
  sights: readonly Sight[],
): Promise<Tagged> => {
  const arns = sights.flatMap(({ tags }) => (typeof tags === 'object' && isElb(tags) ? [tags.elbArn] : []));
  const answer = arns.length ? await aws.elb.describeTags({ ResourceArns: arns }) : { TagDescriptions: [] };
  const byArn = new Map(
    answer.TagDescriptions?.map(({ ResourceArn, Tags }) => [ResourceArn, tagRecord(Tags)]),
  );
  return new Map(
    sights.map((sight) => [
      sight,
      typeof sight.tags === 'object' && isElb(sight.tags) ? (byArn.get(sight.tags.elbArn) ?? {}) : sight.tags,
    ]),
  );
};

const isElb = (tags: Tags | { readonly elbArn: string }): tags is { readonly elbArn: string } =>
  'elbArn' in tags;

/** Found things that are not this tenant's. `sights` are all of the tenant's, whichever of them is asked about. */
export const foreignAmong = (
  { tenant }: Pick<Surroundings, 'tenant'>,
  sights: readonly Sight[],
  tags: Tagged,
): readonly Sight[] => {
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  const tagged = (sight: Sight): boolean => {
    const found = tags.get(sight) ?? 'by-name';
    return sight.found && found !== 'by-name' && isOurs(found, owner);
  };
  const isKnown = sights.some(tagged);
  // An inline policy has no tags: it is ours where the tenant is known here, or where it says what ours would say.
  // One that all tenants share is no tenant's: it is right as it stands, or a person says so.
  const byName = (sight: Sight): boolean =>
    (isKnown && !sight.isShared) || sight.plan({}, 'by-name').action === 'keep';
  return sights.filter(
    (sight) => sight.found && !tagged(sight) && !(tags.get(sight) === 'by-name' && byName(sight)),
  );
};

/** Whether another tenant's tags are on it: that is never adopted. */
export const isAnothers = (sight: Sight, tags: Tagged): boolean => {
  const found = tags.get(sight) ?? 'by-name';
  return found !== 'by-name' && found.ManagedBy === managedBy && Boolean(found.Tenant && found.Environment);
};

/** What a person is told of a foreign thing. */
export const foreignLine = (sight: Sight, tags: Tagged): string => {
  const found = tags.get(sight) ?? 'by-name';
  const whose =
    found !== 'by-name' && isAnothers(sight, tags)
      ? `it is tagged as tenant ${found.Tenant}'s in ${found.Environment ?? 'no environment'}`
      : 'it was not made by this action';
  return `${sight.kind} ${sight.name} exists, but ${whose}.`;
};
