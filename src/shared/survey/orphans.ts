// What is tagged as made here for this environment, and whose tenant has no manifest any more.
import { managedBy, namesOf } from '../fleet/names.ts';
import type { Environment, Tags } from '../fleet/types.ts';
import { ecsTagRecord, isNamed, tagRecord } from '../resources/surroundings.ts';
import type { Aws } from '../world.ts';
import type { Inventory } from './inventory.ts';
import type { Orphan } from './types.ts';

type Search = {
  readonly environment: Environment;
  readonly aws: Aws;
  readonly inventory: Inventory;
  /** Names of all tenants of the environment that have a manifest, retired ones too. */
  readonly known: ReadonlySet<string>;
};

/** Something found, with whose it says it is. */
type Found = { readonly kind: string; readonly name: string; readonly tags: Tags };

/** By kind as the list of a tenant's resources goes. Things of known tenants cost no call. */
export const findOrphans = async (search: Search): Promise<readonly Orphan[]> => {
  const found = await Promise.all([
    secrets(search),
    accessPoints(search),
    families(search),
    targetGroups(search),
    rules(search),
    services(search),
  ]);
  const [ofSecrets = [], ...others] = found.map((some) => some.flatMap((one) => orphanOf(search, one)));
  return [...ofSecrets, ...policies(search), ...others.flat()];
};

const orphanOf = ({ environment, known }: Search, { kind, name, tags }: Found): readonly Orphan[] => {
  const { ManagedBy, Environment: where, Tenant: tenant } = tags;
  const isLost = ManagedBy === managedBy && where === environment.name && tenant && !known.has(tenant);
  return isLost ? [{ kind, name, tenant }] : [];
};

/** Names of the known tenants' own, to be passed over. */
const namesOfKnown = ({ environment, known }: Search): ReadonlySet<string> =>
  new Set([...known].flatMap((name) => Object.values(namesOf({ name, environment }))));

const secrets = async ({ environment, aws }: Search): Promise<readonly Found[]> => {
  const found: Found[] = [];
  const pages = aws.secrets.paginateListSecrets({
    Filters: [{ Key: 'name', Values: [`${environment.name}-`] }],
  });
  for await (const page of pages)
    for (const { Name = '', Tags } of page.SecretList ?? [])
      found.push({ kind: 'secret', name: Name, tags: tagRecord(Tags) });
  return found;
};

/** IAM cannot tag an inline policy: its name tells. */
const policies = ({ environment, inventory, known }: Search): readonly Orphan[] => {
  const prefix = namesOf({ name: '', environment }).accessPolicy;
  return [...inventory.policies.keys()]
    .filter((name) => name.startsWith(prefix) && !known.has(name.slice(prefix.length)))
    .map((name) => ({ kind: 'access policy', name, tenant: name.slice(prefix.length) }));
};

const accessPoints = async ({ environment, aws }: Search): Promise<readonly Found[]> => {
  const found: Found[] = [];
  const pages = aws.efs.paginateDescribeAccessPoints({ FileSystemId: environment.fileSystem });
  for await (const page of pages)
    for (const { AccessPointId = '', LifeCycleState, Tags } of page.AccessPoints ?? []) {
      const tags = tagRecord(Tags);
      if (LifeCycleState !== 'deleting' && LifeCycleState !== 'deleted')
        found.push({ kind: 'access point', name: tags.Name ?? AccessPointId, tags });
    }
  return found;
};

const families = async (search: Search): Promise<readonly Found[]> => {
  const { environment, aws } = search;
  const passed = namesOfKnown(search);
  const found: Found[] = [];
  const pages = aws.ecs.paginateListTaskDefinitionFamilies({
    familyPrefix: `${environment.name}-`,
    status: 'ACTIVE',
  });
  for await (const page of pages)
    for (const family of page.families ?? []) {
      if (passed.has(family)) continue;
      const tags = await tagsOfFamily(aws, family);
      found.push({ kind: 'task definition', name: family, tags });
    }
  return found;
};

/** No tags where the last revision went away since the listing. */
const tagsOfFamily = async (aws: Aws, taskDefinition: string): Promise<Tags> => {
  try {
    return ecsTagRecord((await aws.ecs.describeTaskDefinition({ taskDefinition, include: ['TAGS'] })).tags);
  } catch (error) {
    if (isNamed(error, 'ClientException')) return {};
    throw error;
  }
};

const targetGroups = async (search: Search): Promise<readonly Found[]> => {
  const { environment, aws, inventory } = search;
  const passed = namesOfKnown(search);
  const groups = inventory.targetGroups
    .map(({ TargetGroupArn: arn = '', TargetGroupName: name = '' }) => ({ arn, name }))
    .filter(({ name }) => name.startsWith(`${environment.name}-`) && !passed.has(name));
  return tagged(aws, 'target group', groups);
};

/** Rules that send to a known tenant's group are not asked about. */
const rules = async (search: Search): Promise<readonly Found[]> => {
  const passed = namesOfKnown(search);
  const groupOf = (arn: string): string => arn.split('/').at(-2) ?? '';
  const strangers = search.inventory.rules
    .filter(({ targets }) => !targets.some((arn) => passed.has(groupOf(arn))))
    .map(({ arn, hosts, priority }) => ({ arn, name: hosts.join(', ') || `priority ${priority}` }));
  return tagged(search.aws, 'listener rule', strangers);
};

/** DescribeTags takes 20 at a time. */
const tagged = async (
  aws: Aws,
  kind: string,
  things: readonly { readonly arn: string; readonly name: string }[],
): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for (let from = 0; from < things.length; from += 20) {
    const some = things.slice(from, from + 20);
    const answer = await aws.elb.describeTags({ ResourceArns: some.map(({ arn }) => arn) });
    const byArn = new Map(
      answer.TagDescriptions?.map(({ ResourceArn, Tags }) => [ResourceArn, tagRecord(Tags)]),
    );
    found.push(...some.map(({ arn, name }) => ({ kind, name, tags: byArn.get(arn) ?? {} })));
  }
  return found;
};

/** DescribeServices takes 10 at a time. */
const services = async (search: Search): Promise<readonly Found[]> => {
  const { environment, aws, inventory } = search;
  const passed = namesOfKnown(search);
  const strangers = inventory.services.filter(
    (name) => name.startsWith(`${environment.name}-`) && !passed.has(name),
  );
  const found: Found[] = [];
  for (let from = 0; from < strangers.length; from += 10) {
    const answer = await aws.ecs.describeServices({
      cluster: environment.cluster,
      services: strangers.slice(from, from + 10),
      include: ['TAGS'],
    });
    for (const { serviceName = '', status, tags } of answer.services ?? [])
      if (status !== 'INACTIVE') found.push({ kind: 'service', name: serviceName, tags: ecsTagRecord(tags) });
  }
  return found;
};
