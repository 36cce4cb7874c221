// The way out: the list walked up, only over what is tagged ours, and a last look that nothing is left.

import { Failed, Refused } from '../errors.ts';
import type { Outcome, Sight } from '../resource.ts';
import type { Surroundings } from './surroundings.ts';
import { foreign, type Removal, readTags, tenantResources } from './tenant.ts';

export type Teardown = Removal & {
  readonly dryRun: boolean;
  /** Runs when the service is gone and everything else is still there: the database step needs storage and policy. */
  readonly afterService: () => Promise<void>;
};

/** Deletes the tenant's resources; answers what each came to. Absent ones are absent, not errors. */
export const teardown = async (around: Surroundings, how: Teardown): Promise<readonly Outcome[]> => {
  const sights = await lookAll(around, how);
  const tags = await readTags(around, sights);
  const problems = foreign(around, sights, tags).map((problem) => problem.replace(/ To take it over.*$/, ''));
  if (problems.length)
    throw new Refused(
      problems.join('\n'),
      "Nothing was deleted: only what is tagged as this tenant's is ever deleted. Delete the above by hand if it should go, then run again.",
    );
  const outcomes: Outcome[] = [];
  for (const sight of [...sights].reverse()) {
    if (!how.dryRun) await remove(around, sight);
    outcomes.push(outcomeOf(sight));
    if (sight.step === 'service' && !how.dryRun) await how.afterService();
  }
  if (!how.dryRun) await proveGone(around, how);
  return outcomes;
};

const lookAll = (around: Surroundings, how: Removal): Promise<readonly Sight[]> =>
  Promise.all(tenantResources(around, how).map((each) => each.observe()));

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

/** Reads lag behind deletions by seconds, so a look that still sees something is followed by more. */
const proveGone = async (around: Surroundings, how: Removal): Promise<void> => {
  for (let looks = 1; ; looks++) {
    const left = (await lookAll(around, how)).filter((sight) => sight.found && !isGoing(sight));
    if (!left.length) return;
    if (looks >= 20)
      throw new Failed(
        `Still there after the rollback: ${left.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.`,
        'Run rollback-tenant again; if that does not help, look at them in the AWS console.',
      );
    await around.clock.sleep(3_000);
  }
};

// A secret in its recovery window is gone for every use but restoring it.
const isGoing = (sight: Sight): boolean => sight.kind === 'secret' && sight.refs.secretArn === undefined;
