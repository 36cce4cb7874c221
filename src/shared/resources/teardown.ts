// The way out: the list walked up, only over what is tagged ours, and a last look that nothing is left.

import { Failed, Refused } from '../errors.ts';
import { namesOf } from '../fleet/names.ts';
import { doneLines, withProgress } from '../report.ts';
import type { Outcome, Sight } from '../resource.ts';
import { leftoversAmong } from './access.ts';
import { foreignAmong, foreignLine, readTags, type Tagged } from './ownership.ts';
import { besides, listRules } from './rule-listing.ts';
import type { Surroundings } from './surroundings.ts';
import { observeAll, type Removal, tenantLeftovers, tenantResources } from './tenant.ts';

export type Teardown = Removal & {
  readonly dryRun: boolean;
  /** What would stop the database step later; looked at before the first deletion, in a dry run too. */
  readonly check: () => Promise<readonly string[]>;
  /** Runs when the service is gone and everything else is still there: the database step needs storage and policy. */
  readonly afterService: () => Promise<readonly string[]>;
};

export type Removed = {
  readonly outcomes: readonly Outcome[];
  /** What the database step said. */
  readonly said: readonly string[];
};

/**
 * Deletes the tenant's resources; answers what each came to. Absent ones are absent, not errors. What is not ours, what
 * others still use and what the database step would miss are refused together, before the first deletion.
 */
export const teardown = async (around: Surroundings, how: Teardown): Promise<Removed> => {
  const { sights, tags } = await lookAll(around, how);
  refuse([
    ...foreignAmong(around, sights, tags).map(
      (sight) => `${foreignLine(sight, tags)} Only what is tagged as this tenant's is ever deleted.`,
    ),
    ...(await findStrangers(around, sights)),
    ...(await how.check()),
  ]);
  const upwards = [...sights].reverse();
  const outcomes = upwards.map(outcomeOf);
  if (how.dryRun) return { outcomes, said: [] };
  const said = await removeAll(around, upwards, how);
  await proveGone(around, how);
  return { outcomes, said };
};

const refuse = (problems: readonly string[]): void => {
  if (problems.length)
    throw new Refused(problems.join('\n'), 'Nothing was deleted. Settle the above by hand, then run again.');
};

/** Rules of others that send to our target group: it could not be deleted. */
const findStrangers = async (around: Surroundings, sights: readonly Sight[]): Promise<readonly string[]> => {
  const group = sights.find(({ refs }) => refs.targetGroupArn)?.refs.targetGroupArn;
  const own = sights.find(({ refs }) => refs.ruleArn)?.refs.ruleArn;
  if (!group) return [];
  return (await listRules(around))
    .filter(({ arn, targets }) => arn !== own && targets.includes(group))
    .map((rule) => {
      const says = [...rule.hosts, besides(rule)].filter(Boolean).join(', ');
      const name = namesOf(around.tenant).targetGroup;
      return `listener rule ${rule.priority} (${says}) also sends to target group ${name}. Delete it or point it elsewhere.`;
    });
};

const removeAll = async (
  around: Surroundings,
  sights: readonly Sight[],
  how: Teardown,
): Promise<readonly string[]> => {
  const outcomes: Outcome[] = [];
  const said: string[] = [];
  try {
    for (const sight of sights) {
      await remove(around, sight);
      outcomes.push(outcomeOf(sight));
      if (sight.step === 'service') said.push(...(await how.afterService()));
    }
    return said;
  } catch (error) {
    const isDown = outcomes.some(({ kind, action }) => kind === 'service' && action === 'delete');
    throw withProgress(error, [
      ...doneLines(outcomes),
      ...(isDown ? ['the site is down: its service is deleted, the rest is not'] : []),
    ]);
  }
};

/** All of the tenant's, with what is left from another access strategy; what its environment's tenants share is not. */
export const lookAll = async (around: Surroundings, how: Removal): Promise<Looked> => {
  const [own, others] = await Promise.all([
    observeAll(tenantResources(around, how).filter(({ isShared }) => !isShared)),
    observeAll(tenantLeftovers(around)),
  ]);
  const tags = await readTags(around, [...own, ...others]);
  // After the secret: walked up, they go when no task needs them any more.
  const [secret, ...rest] = own;
  const left = leftoversAmong(around, { sights: own, others, tags });
  return { sights: [...(secret ? [secret] : []), ...left, ...rest], tags };
};

type Looked = { readonly sights: readonly Sight[]; readonly tags: Tagged };

const outcomeOf = ({ step, kind, name, found }: Sight): Outcome => ({
  step,
  kind,
  name,
  action: found ? 'delete' : 'absent',
  differences: [],
});

const remove = async ({ clock, log }: Surroundings, sight: Sight): Promise<void> => {
  // Rejects where the job was cancelled: nothing new is begun then.
  await clock.sleep(0);
  log.info(`${sight.kind} ${sight.name}: ${sight.found ? 'delete' : 'already absent'}`);
  await sight.destroy();
};

/** Reads lag behind deletions by seconds, so a look that still sees something of ours is followed by more. */
const proveGone = async (around: Surroundings, how: Removal): Promise<void> => {
  for (;;) {
    const { sights, tags } = await lookAll(around, how);
    const foreign = foreignAmong(around, sights, tags);
    const left = sights.filter((sight) => sight.found && !isGoing(sight) && !foreign.includes(sight));
    if (!left.length) {
      for (const { kind, name } of foreign)
        around.log.info(`${kind} ${name}: left alone, it is not tagged as this tenant's`);
      return;
    }
    if (around.clock.now() >= around.deadline)
      throw new Failed(
        `Still there after the rollback: ${left.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.`,
        'Run rollback-tenant again; if that does not help, look at them in the AWS console.',
      );
    await around.clock.sleep(3_000);
  }
};

// A secret in its recovery window is gone for every use but restoring it.
export const isGoing = (sight: Sight): boolean =>
  sight.kind === 'secret' && sight.refs.secretArn === undefined;
