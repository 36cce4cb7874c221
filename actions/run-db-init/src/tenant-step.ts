// init, verify and drop: a tenant's database, with no password in a command, an override or a log.

import { requireConfirmation } from '../../../src/shared/confirmation.ts';
import type { TenantOperation } from '../../../src/shared/database/environment.ts';
import { runDatabaseStep } from '../../../src/shared/database-step.ts';
import { namesOf } from '../../../src/shared/fleet/names.ts';
import type { Tenant } from '../../../src/shared/fleet/types.ts';
import { prepare, type Shared } from '../../../src/shared/prepare.ts';
import { cell, factTable } from '../../../src/shared/report.ts';
import type { World } from '../../../src/shared/world.ts';

export type TenantStep = Shared & {
  readonly operation: TenantOperation;
  readonly executor: 'fargate' | 'local';
  readonly dumpFolder: string | undefined;
  readonly confirm: string | undefined;
  readonly confirmDatabase: string | undefined;
};

export type Told = {
  readonly changed: string;
  readonly database: string;
  readonly user: string;
  readonly databases: string;
  readonly plan: string;
  readonly exitCode: string;
  readonly taskArn: string;
  readonly cause: string;
  readonly summary: string;
};

export const runTenantStep = async (given: TenantStep, world: World): Promise<Told> => {
  const state = given.operation === 'init' ? 'active' : 'any';
  const around = await prepare(given, world, { phase: 'database', state });
  const { tenant } = around;
  if (given.operation === 'drop') requireConfirmation(tenant, { ...given, dropDatabase: true });
  const doing = `${given.operation} ${tenant.database.name} for ${tenant.database.user}`;
  const executor =
    given.executor === 'local'
      ? ({ kind: 'local', dumpFolder: given.dumpFolder ?? '' } as const)
      : ({ kind: 'fargate' } as const);
  const lines = given.dryRun
    ? [`dry run: would run ${doing} on ${tenant.environment.database.host}`]
    : await world.log.group(`Database: ${doing}`, () =>
        runDatabaseStep(around, { operation: given.operation, executor }, world),
      );
  if (lines.some((line) => line.includes(': password set'))) world.log.warning(oldPassword(tenant));
  // The script warns of what it leaves alone, e.g. a grant on somebody else's database.
  for (const line of lines) (/^\| warning:/.test(line) ? world.log.warning : world.log.info)(line);
  return tell(given, tenant, lines);
};

const tell = (given: TenantStep, { database }: Tenant, lines: readonly string[]): Told => ({
  changed: String(!given.dryRun && lines.some((line) => /: (created|dropped|password set)/.test(line))),
  database: database.name,
  user: database.user,
  databases: '',
  plan: JSON.stringify([
    { step: 'database', action: given.operation, name: database.name, by: given.executor },
  ]),
  exitCode: '',
  taskArn: '',
  cause: '',
  summary: summaryOf(
    given.operation,
    {
      database: database.name,
      user: database.user,
      ran: given.dryRun ? 'dry run' : given.executor,
    },
    lines,
  ),
});

const oldPassword = ({ environment, name }: Tenant): string =>
  `The database has a new password now, and running tasks still use the old one. Start new ones: aws ecs update-service --cluster ${environment.cluster} --service ${namesOf({ name, environment }).service} --force-new-deployment`;

const summaryOf = (
  operation: TenantOperation,
  facts: Readonly<Record<string, string>>,
  lines: readonly string[],
): string =>
  `## Database ${operation}\n\n${factTable(facts)}\n\n${lines.map((line) => `- ${cell(line.replace(/^\| /, ''))}`).join('\n')}\n`;
