// Back to the last revision that was healthy, or out altogether, leaving nothing of the tenant and touching no other.
import { requireConfirmation } from '../../../src/shared/confirmation.ts';
import {
  checkDrop,
  finishDatabaseStep,
  runDatabaseStep,
  sweepDatabaseStep,
} from '../../../src/shared/database-step.ts';
import { UserError } from '../../../src/shared/errors.ts';
import {
  flag,
  type Inputs,
  type Outputs,
  oneOf,
  optional,
  shared,
  text,
  wholeNumber,
} from '../../../src/shared/inputs.ts';
import { type Prepared, prepare } from '../../../src/shared/prepare.ts';
import { factTable, planLines, planTable } from '../../../src/shared/report.ts';
import type { Outcome } from '../../../src/shared/resource.ts';
import { goBack } from '../../../src/shared/resources/previous-revision.ts';
import { type Removed, teardown } from '../../../src/shared/resources/teardown.ts';
import type { World } from '../../../src/shared/world.ts';

export const title = 'Rollback tenant';

export const inputs = {
  ...shared,
  mode: oneOf('previous-revision', 'teardown'),
  revision: optional(wholeNumber),
  confirm: optional(text),
  'drop-database': flag,
  'confirm-database': optional(text),
  'purge-secret': flag,
} as const;

export const outputs = ['changed', 'plan', 'summary', 'task-definition-arn', 'deployment-id'] as const;

type Given = Inputs<typeof inputs>;

export const run = async (given: Given, world: World): Promise<Outputs<typeof outputs>> => {
  refuseStrangers(given);
  // Another tenant's typo must not stand in the way of a way back.
  const around = await prepare(given, world, { phase: 'rollback', scope: 'this-tenant' });
  return given.mode === 'teardown' ? removeTenant(given, around, world) : returnToLastGood(given, around);
};

/** An input that the mode does not know was meant for the other one. */
const refuseStrangers = ({ mode, ...given }: Given): void => {
  const teardown = {
    confirm: given.confirm,
    'confirm-database': given.confirmDatabase,
    'drop-database': given.dropDatabase,
    'purge-secret': given.purgeSecret,
  };
  const strangers = mode === 'teardown' ? { revision: given.revision } : teardown;
  const problems = Object.entries(strangers)
    .filter(([, value]) => value)
    .map(([name]) => ({
      what: `Input ${name} means nothing with mode ${mode}.`,
      fix: `Remove it, or use mode ${mode === 'teardown' ? 'previous-revision' : 'teardown'}.`,
    }));
  if (problems.length) throw new UserError(problems);
};

const removeTenant = async (
  given: Given,
  around: Prepared,
  world: World,
): Promise<Outputs<typeof outputs>> => {
  const { tenant, log } = around;
  requireConfirmation(tenant, given);
  if (tenant.state === 'active')
    log.warning(
      `${tenant.name} is still active in its manifest: the next rollout makes it again. Set state: retired there.`,
    );
  const where = `${tenant.name} in ${tenant.environment.name}`;
  const removed = await log.group(`Tear down ${where}`, () =>
    teardown(around, {
      purgeSecret: given.purgeSecret,
      dryRun: given.dryRun,
      check: async () => (given.dropDatabase ? checkDrop(around) : []),
      afterService: () => dropAndSweep(given, around, world),
    }),
  );
  const all = given.dropDatabase ? [databaseOutcome(around, removed), ...removed.outcomes] : removed.outcomes;
  for (const line of planLines(all)) log.info(line);
  return {
    changed: String(!given.dryRun && all.some(({ action }) => action === 'delete')),
    plan: JSON.stringify(all),
    summary: `## ${given.dryRun ? 'Plan: tear down' : 'Torn down:'} ${where}\n\n${factTable(factsOf(given, around, removed))}\n\n${planTable(all)}\n`,
    taskDefinitionArn: '',
    deploymentId: '',
  };
};

/** The step ended well, so the database is gone; that it never was there is only the script's own word. */
const databaseOutcome = ({ tenant }: Prepared, { said }: Removed): Outcome => ({
  step: 'secret',
  kind: 'database',
  name: tenant.database.name,
  action: said.some((line) => line.endsWith(`database ${tenant.database.name}: absent`))
    ? 'absent'
    : 'delete',
  differences: [],
});

const factsOf = (
  given: Given,
  { tenant }: Prepared,
  { outcomes, said }: Removed,
): Readonly<Record<string, string>> => {
  const planned = `dropped if it is there, after a dump to /dumps/${tenant.name} on ${tenant.environment.fileSystem}`;
  const database = given.dryRun
    ? planned
    : said.map((line) => line.replace(/^\| /, '')).join('; ') || 'dropped; the log could not be read';
  const isThere = outcomes.some(({ kind, action }) => kind === 'secret' && action === 'delete');
  const secret = given.purgeSecret
    ? 'deleted for good'
    : `can be restored for ${tenant.secretRecoveryDays} days`;
  return {
    database: given.dropDatabase ? database : 'kept',
    secret: isThere ? secret : 'was not there',
    files: 'kept',
  };
};

const dropAndSweep = async (given: Given, around: Prepared, world: World): Promise<readonly string[]> => {
  const said = given.dropDatabase
    ? await runDatabaseStep(around, { operation: 'drop', executor: { kind: 'fargate' } }, world)
    : [];
  for (const line of said) world.log.info(line);
  await sweepDatabaseStep(around, 'its tenant is being removed');
  return said;
};

const returnToLastGood = async (given: Given, around: Prepared): Promise<Outputs<typeof outputs>> => {
  const { tenant, log } = around;
  const { outcome, taskDefinitionArn, deploymentId } = await goBack(around, {
    dryRun: given.dryRun,
    revision: given.revision,
  });
  for (const line of planLines([outcome])) log.info(line);
  return {
    changed: String(!given.dryRun && outcome.action === 'update'),
    plan: JSON.stringify([outcome]),
    summary: `## Rollback of ${tenant.name} in ${tenant.environment.name}\n\n${factTable({ 'task definition': taskDefinitionArn })}\n\n${planTable([outcome])}\n`,
    taskDefinitionArn,
    deploymentId,
  };
};

export const post = finishDatabaseStep('rollback');
