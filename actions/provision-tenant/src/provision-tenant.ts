// Brings a tenant's resources to what its manifest says; a second run finds nothing to do.

import { namesOf } from '../../../src/shared/fleet/names.ts';
import { flag, type Inputs, type Outputs, shared, someOf } from '../../../src/shared/inputs.ts';
import { prepare } from '../../../src/shared/prepare.ts';
import { factTable, planLines, planTable } from '../../../src/shared/report.ts';
import { type Outcome, steps } from '../../../src/shared/resource.ts';
import { provision } from '../../../src/shared/resources/tenant.ts';
import type { World } from '../../../src/shared/world.ts';

export const title = 'Provision tenant';

export const inputs = { ...shared, steps: someOf(...steps), adopt: flag } as const;

export const outputs = [
  'changed',
  'plan',
  'summary',
  'secret-arn',
  'access-point-id',
  'task-definition-arn',
  'target-group-arn',
  'rule-arn',
  'service-arn',
  'service-name',
  'deployment-id',
  'url',
] as const;

export const run = async (given: Inputs<typeof inputs>, world: World): Promise<Outputs<typeof outputs>> => {
  const around = await prepare(given, world, { phase: 'deploy', state: 'active' });
  const { tenant } = around;
  const where = `${tenant.name} in ${tenant.environment.name}`;
  const { outcomes, refs } = await world.log.group(`${given.dryRun ? 'Plan' : 'Provision'} ${where}`, () =>
    provision(around, { steps: given.steps, adopt: given.adopt, dryRun: given.dryRun }),
  );
  for (const line of planLines(outcomes)) world.log.info(line);
  return {
    changed: String(!given.dryRun && outcomes.some(isChange)),
    plan: JSON.stringify(outcomes),
    summary: summaryOf(
      given.dryRun ? `Plan for ${where}` : `Provisioned ${where}`,
      outcomes,
      `https://${tenant.host}/`,
    ),
    secretArn: refs.secretArn ?? '',
    accessPointId: refs.accessPointId ?? '',
    taskDefinitionArn: refs.taskDefinitionArn ?? '',
    targetGroupArn: refs.targetGroupArn ?? '',
    ruleArn: refs.ruleArn ?? '',
    serviceArn: refs.serviceArn ?? '',
    serviceName: namesOf(tenant).service,
    deploymentId: refs.deploymentId ?? '',
    url: `https://${tenant.host}/`,
  };
};

const isChange = ({ action }: Outcome): boolean => action !== 'keep';

const summaryOf = (title: string, outcomes: readonly Outcome[], site: string): string => {
  const changes = outcomes.filter(isChange).length;
  const verdict = changes ? `${changes} of ${outcomes.length} resources differ` : 'nothing differs';
  return `## ${title}\n\n${factTable({ site, result: verdict })}\n\n${planTable(outcomes)}\n`;
};
