// A tenant is an ordered list of resources: provision walks it down, teardown up, a plan only looks.
import { type Ensuring, piece } from '../ensure.ts';
import { Refused } from '../errors.ts';
import { tagsOf } from '../fleet/names.ts';
import { doneLines, withProgress } from '../report.ts';
import type { Outcome, Piece, Refs, Sight, Step } from '../resource.ts';
import { accessResources, leftoverOutcome, leftoversAmong, otherAccess } from './access.ts';
import { contentAccessPoint } from './access-point.ts';
import { listenerRule } from './listener-rule.ts';
import { foreignAmong, foreignLine, isAnothers, readTags, type Tagged } from './ownership.ts';
import { tenantSecret } from './secret.ts';
import { secretTags } from './secret-differences.ts';
import { service } from './service.ts';
import type { Surroundings } from './surroundings.ts';
import { targetGroup } from './target-group.ts';
import { taskDefinition } from './task-definition.ts';

export type Removal = { readonly purgeSecret: boolean };

/** The tenant's resources, each after what it needs. */
export const tenantResources = (
  around: Surroundings,
  { purgeSecret }: Removal = { purgeSecret: false },
): readonly Piece[] => {
  const ensuring = ensuringOf(around);
  return [
    piece(tenantSecret(around, purgeSecret), { ...ensuring, tags: secretTags(around.tenant) }),
    ...accessResources(around, ensuring),
    piece(contentAccessPoint(around), ensuring),
    piece(taskDefinition(around), ensuring),
    piece(targetGroup(around), ensuring),
    piece(listenerRule(around), ensuring),
    piece(service(around), ensuring),
  ];
};

/** What the tenant may still have from another access strategy; only what is found and ours counts. */
export const tenantLeftovers = (around: Surroundings): readonly Piece[] =>
  otherAccess(around, ensuringOf(around));

const ensuringOf = ({ tenant, clock }: Surroundings): Ensuring => ({ tags: tagsOf(tenant), clock });

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
  const sights = await observeAll(tenantResources(around));
  const tags = await readTags(around, sights);
  const chosen = sights.filter(({ step }) => how.steps.includes(step));
  const planned = planAll(sights, { tags, chosen });
  // Of all, chosen or not: who runs the steps one by one wants to know before the first that the last cannot be done.
  refuse([
    ...unowned(around, { sights, tags }, how.adopt),
    ...lacking(sights, chosen),
    ...unchangeable(planAll(sights, { tags, chosen: sights }).outcomes),
  ]);
  const left = await namedLeftovers(around, { sights, tags, chosen, planned });
  const { outcomes, refs } = how.dryRun ? planned : await applyAll(around, { sights, chosen, tags });
  return { outcomes: [...outcomes, ...left], refs };
};

/** Looked for only where something changes, as it does when a tenant moves over: a run with nothing to do stays short. */
const namedLeftovers = async (
  around: Surroundings,
  { sights, tags, chosen, planned }: Looked & { readonly planned: Provisioned },
): Promise<readonly Outcome[]> => {
  const isMoving = planned.outcomes.some(({ action }) => action !== 'keep');
  if (!isMoving || !chosen.some(({ step }) => step === 'access')) return [];
  const others = await observeAll(tenantLeftovers(around));
  const all = new Map([...tags, ...(await readTags(around, others))]);
  return leftoversAmong(around, { sights, others, tags: all }).map(leftoverOutcome);
};

export const observeAll = (pieces: readonly Piece[]): Promise<readonly Sight[]> =>
  Promise.all(pieces.map((each) => each.observe()));

/** Problems of things that are found and not this tenant's. */
const unowned = (
  around: Surroundings,
  looked: Pick<Looked, 'sights' | 'tags'>,
  adopt: boolean,
): readonly string[] =>
  foreignAmong(around, looked.sights, looked.tags)
    .filter((sight) => !adopt || isAnothers(sight, looked.tags))
    .map((sight) =>
      isAnothers(sight, looked.tags)
        ? `${foreignLine(sight, looked.tags)} It is never adopted; remove it there first.`
        : `${foreignLine(sight, looked.tags)} To take it over, run with adopt: true.`,
    );

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
  ruleArn: 'listener rule',
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

type Looked = Chosen & { readonly sights: readonly Sight[] };
type Chosen = { readonly tags: Tagged; readonly chosen: readonly Sight[] };

/** The plan, with refs that only AWS can give shown as not yet known. */
export const planAll = (sights: readonly Sight[], { tags, chosen }: Chosen): Provisioned => {
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

const applyAll = async (around: Surroundings, { sights, chosen, tags }: Looked): Promise<Provisioned> => {
  let refs: Partial<Refs> = {};
  let grantedAt: number | undefined;
  const outcomes: Outcome[] = [];
  for (const sight of sights) {
    const outcome = chosen.includes(sight) ? sight.plan(refs, tags.get(sight) ?? 'by-name') : undefined;
    if (outcome && outcome.action !== 'keep') {
      if (sight.step === 'service' && grantedAt !== undefined) await settleAccess(around, grantedAt);
      const applied = await apply(around, sight, { outcome, refs }).catch((error: unknown) => {
        throw withProgress(error, doneLines(outcomes));
      });
      refs = { ...refs, ...applied };
      if (sight.step === 'access') grantedAt = around.clock.now();
    } else refs = { ...refs, ...sight.refs };
    if (outcome) outcomes.push(outcome);
  }
  return { outcomes, refs };
};

type Applying = { readonly outcome: Outcome; readonly refs: Partial<Refs> };

const apply = async (
  { log, clock }: Surroundings,
  sight: Sight,
  { outcome, refs }: Applying,
): Promise<Partial<Refs>> => {
  // Rejects where the job was cancelled: nothing new is begun then.
  await clock.sleep(0);
  log.info(`${outcome.kind} ${outcome.name}: ${outcome.action}`);
  return sight.apply(outcome, refs);
};

const accessSettleMs = 15_000;

/** IAM changes take seconds to hold; tasks that start before are refused their secret, and the circuit breaker counts. */
const settleAccess = async (
  { log, clock }: Pick<Surroundings, 'log' | 'clock'>,
  writtenAt: number,
): Promise<void> => {
  const rest = writtenAt + accessSettleMs - clock.now();
  if (rest <= 0) return;
  log.info(`waiting ${Math.ceil(rest / 1000)} s: access was granted just now, and IAM takes a while`);
  await clock.sleep(rest);
};
