// A tenant is an ordered list of resources: provision walks it down, teardown up, a plan only looks.
import { piece } from '../ensure.ts';
import { Refused } from '../errors.ts';
import { isOurs, tagsOf } from '../fleet/names.ts';
import type { Tags } from '../fleet/types.ts';
import type { Outcome, Piece, Refs, Sight, Step } from '../resource.ts';
import { contentAccessPoint } from './access-point.ts';
import { accessPolicy } from './access-policy.ts';
import { listenerRule } from './listener-rule.ts';
import { tenantSecret } from './secret.ts';
import { service } from './service.ts';
import { type Surroundings, tagRecord } from './surroundings.ts';
import { targetGroup } from './target-group.ts';
import { taskDefinition } from './task-definition.ts';

export type Removal = { readonly purgeSecret: boolean };

/** The tenant's resources, each after what it needs. */
export const tenantResources = (
  around: Surroundings,
  { purgeSecret }: Removal = { purgeSecret: false },
): readonly Piece[] => {
  const ensuring = { tags: tagsOf(around.tenant), clock: around.clock };
  return [
    piece(tenantSecret(around, purgeSecret), ensuring),
    piece(accessPolicy(around), ensuring),
    piece(contentAccessPoint(around), ensuring),
    piece(taskDefinition(around), ensuring),
    piece(targetGroup(around), ensuring),
    piece(listenerRule(around), ensuring),
    piece(service(around), ensuring),
  ];
};

export type Provisioning = {
  readonly steps: readonly Step[];
  /** Take over what was found untagged, by tagging it. */
  readonly adopt: boolean;
  readonly dryRun: boolean;
};

export type Provisioned = { readonly outcomes: readonly Outcome[]; readonly refs: Partial<Refs> };

/**
 * Makes what is missing and changes what differs, in order. Nothing is written before everything was looked at:
 * what is not ours, what AWS cannot change and what a step lacks are refused together, before the first write.
 */
export const provision = async (around: Surroundings, how: Provisioning): Promise<Provisioned> => {
  const sights = await Promise.all(tenantResources(around).map((each) => each.observe()));
  const tags = await readTags(around, sights);
  const chosen = sights.filter(({ step }) => how.steps.includes(step));
  const planned = planAll(sights, { tags, chosen });
  refuse([
    ...(how.adopt ? [] : foreign(around, chosen, tags)),
    ...lacking(sights, chosen),
    ...unchangeable(planned.outcomes),
  ]);
  return how.dryRun ? planned : applyAll(around, { sights, chosen, tags });
};

type Tagged = ReadonlyMap<Sight, Tags | 'by-name'>;

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

/** Problems of found things that are not tagged as this tenant's. */
export const foreign = (
  { tenant }: Pick<Surroundings, 'tenant'>,
  sights: readonly Sight[],
  tags: Tagged,
): readonly string[] =>
  sights.flatMap((sight) => {
    const found = tags.get(sight) ?? 'by-name';
    const owner = { environment: tenant.environment.name, tenant: tenant.name };
    if (!sight.found || found === 'by-name' || isOurs(found, owner)) return [];
    const whose =
      found.ManagedBy && found.Tenant
        ? `it is tagged as tenant ${found.Tenant}'s in ${found.Environment ?? 'no environment'}`
        : 'it was not made by this action';
    return [`${sight.kind} ${sight.name} exists, but ${whose}. To take it over, run with adopt: true.`];
  });

const lacking = (sights: readonly Sight[], chosen: readonly Sight[]): readonly string[] =>
  chosen.flatMap(({ kind, name, needs }) =>
    needs.flatMap((need) => {
      const giver = sights.find((sight) => gives(sight, need));
      if (giver && (giver.refs[need] !== undefined || chosen.includes(giver))) return [];
      return [
        `${kind} ${name} needs ${giver?.kind ?? need} ${giver?.name ?? ''}, which does not exist. Add step ${giver?.step ?? ''}.`,
      ];
    }),
  );

const givers: Readonly<Partial<Record<keyof Refs, string>>> = {
  secretArn: 'secret',
  accessPointId: 'access point',
  taskDefinitionArn: 'task definition',
  targetGroupArn: 'target group',
};

const gives = (sight: Sight, need: keyof Refs): boolean => givers[need] === sight.kind;

const unchangeable = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap(({ kind, name, differences }) =>
    differences
      .filter(({ how }) => how === 'refuse')
      .map(
        ({ field, from, to, why }) =>
          `${kind} ${name}: ${field} is ${from}, the manifest says ${to}. ${why ?? ''}`,
      ),
  );

const refuse = (problems: readonly string[]): void => {
  if (problems.length)
    throw new Refused(problems.join('\n'), 'Nothing was written. Correct the above, then run again.');
};

type Chosen = { readonly tags: Tagged; readonly chosen: readonly Sight[] };

/** The plan, with refs that only AWS can give shown as not yet known. */
const planAll = (sights: readonly Sight[], { tags, chosen }: Chosen): Provisioned => {
  let refs: Partial<Refs> = {};
  const outcomes: Outcome[] = [];
  for (const sight of sights) {
    if (!chosen.includes(sight)) {
      refs = { ...refs, ...sight.refs };
      continue;
    }
    const outcome = sight.plan(refs, tags.get(sight) ?? 'by-name');
    outcomes.push(outcome);
    if (outcome.action !== 'create' && outcome.action !== 'replace') refs = { ...refs, ...sight.refs };
  }
  return { outcomes, refs };
};

const applyAll = async (
  { log, clock }: Surroundings,
  { sights, chosen, tags }: Chosen & { readonly sights: readonly Sight[] },
): Promise<Provisioned> => {
  let refs: Partial<Refs> = {};
  let policyWrittenAt: number | undefined;
  const outcomes: Outcome[] = [];
  for (const sight of sights) {
    const outcome = chosen.includes(sight) ? sight.plan(refs, tags.get(sight) ?? 'by-name') : undefined;
    if (outcome) outcomes.push(outcome);
    if (!outcome || outcome.action === 'keep') {
      refs = { ...refs, ...sight.refs };
      continue;
    }
    if (sight.step === 'service' && policyWrittenAt !== undefined)
      await settlePolicy({ log, clock }, policyWrittenAt);
    // Rejects where the job was cancelled: nothing new is begun then.
    await clock.sleep(0);
    log.info(`${outcome.kind} ${outcome.name}: ${outcome.action}`);
    refs = { ...refs, ...(await sight.apply(outcome, refs)) };
    if (sight.step === 'access') policyWrittenAt = clock.now();
  }
  return { outcomes, refs };
};

const policySettleMs = 15_000;

/** IAM changes take seconds to hold; tasks that start before are refused their secret, and the circuit breaker counts. */
const settlePolicy = async (
  { log, clock }: Pick<Surroundings, 'log' | 'clock'>,
  writtenAt: number,
): Promise<void> => {
  const rest = writtenAt + policySettleMs - clock.now();
  if (rest <= 0) return;
  log.info(
    `waiting ${Math.ceil(rest / 1000)} s: the access policy was written just now, and IAM takes a while`,
  );
  await clock.sleep(rest);
};
