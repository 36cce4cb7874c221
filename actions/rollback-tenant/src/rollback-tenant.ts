// Back to the last revision that was healthy, or out altogether, leaving nothing of the tenant and touching no other.
import { requireConfirmation } from '../../../src/shared/confirmation.ts';
import { runDatabaseStep, sweepDatabaseStep } from '../../../src/shared/database-step.ts';
import {
  flag,
  type Inputs,
  type Outputs,
  oneOf,
  optional,
  shared,
  text,
} from '../../../src/shared/inputs.ts';
import { type Prepared, prepare } from '../../../src/shared/prepare.ts';
import { factTable, planLines, planTable } from '../../../src/shared/report.ts';
import type { Outcome } from '../../../src/shared/resource.ts';
import { goBack } from '../../../src/shared/resources/previous-revision.ts';
import { teardown } from '../../../src/shared/resources/teardown.ts';
import type { World } from '../../../src/shared/world.ts';

export const title = 'Rollback tenant';

export const inputs = {
  ...shared,
  mode: oneOf('previous-revision', 'teardown'),
  confirm: optional(text),
  'drop-database': flag,
  'confirm-database': optional(text),
  'purge-secret': flag,
} as const;

export const outputs = ['changed', 'plan', 'summary', 'task-definition-arn', 'deployment-id'] as const;

type Given = Inputs<typeof inputs>;

export const run = async (given: Given, world: World): Promise<Outputs<typeof outputs>> => {
  const around = await prepare(given, world);
  return given.mode === 'teardown' ? removeTenant(given, around, world) : returnToLastGood(given, around);
};

const removeTenant = async (
  given: Given,
  around: Prepared,
  world: World,
): Promise<Outputs<typeof outputs>> => {
  const { tenant, log } = around;
  requireConfirmation(tenant, given);
  const outcomes = await log.group(`Tear down ${tenant.name} in ${tenant.environment.name}`, () =>
    teardown(around, {
      purgeSecret: given.purgeSecret,
      dryRun: given.dryRun,
      afterService: () => dropAndSweep(given, around, world),
    }),
  );
  const all = given.dropDatabase ? [databaseOutcome(around), ...outcomes] : outcomes;
  for (const line of planLines(all)) log.info(line);
  const database = given.dropDatabase
    ? `dropped; its dump is on ${tenant.environment.fileSystem} in /dumps/${tenant.name}`
    : 'kept';
  const secret = given.purgeSecret ? 'purged' : `can be restored for ${tenant.secretRecoveryDays} days`;
  return {
    changed: String(!given.dryRun && all.some(({ action }) => action === 'delete')),
    plan: JSON.stringify(all),
    summary: `## ${given.dryRun ? 'Plan: tear down' : 'Torn down:'} ${tenant.name} in ${tenant.environment.name}\n\n${factTable({ database, secret, files: 'kept' })}\n\n${planTable(all)}\n`,
    taskDefinitionArn: '',
    deploymentId: '',
  };
};

const databaseOutcome = ({ tenant }: Prepared): Outcome => ({
  step: 'secret',
  kind: 'database',
  name: tenant.database.name,
  action: 'delete',
  differences: [],
});

const dropAndSweep = async (given: Given, around: Prepared, world: World): Promise<void> => {
  if (given.dropDatabase) {
    const lines = await runDatabaseStep(around, { operation: 'drop', executor: { kind: 'fargate' } }, world);
    for (const line of lines) world.log.info(line);
  }
  await sweepDatabaseStep(around, 'its tenant is being removed');
};

const returnToLastGood = async (given: Given, around: Prepared): Promise<Outputs<typeof outputs>> => {
  const { tenant, log } = around;
  const { outcome, taskDefinitionArn, deploymentId } = await goBack(around, given.dryRun);
  for (const line of planLines([outcome])) log.info(line);
  return {
    changed: String(!given.dryRun && outcome.action === 'update'),
    plan: JSON.stringify([outcome]),
    summary: `## Rollback of ${tenant.name} in ${tenant.environment.name}\n\n${factTable({ 'task definition': taskDefinitionArn })}\n\n${planTable([outcome])}\n`,
    taskDefinitionArn,
    deploymentId,
  };
};

export { finishDatabaseStep as post } from '../../../src/shared/database-step.ts';
