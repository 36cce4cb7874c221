// list: the databases and users of an environment's server against the fleet's tenants. Reads only.
import { compareListing, type Entry, type Standing } from '../../../src/shared/database/listing.ts';
import { finishListing, listDatabases } from '../../../src/shared/database-listing.ts';
import type { Shared } from '../../../src/shared/prepare.ts';
import { prepareEnvironment } from '../../../src/shared/prepare-environment.ts';
import { quoteForeign } from '../../../src/shared/redact.ts';
import { cell, factTable } from '../../../src/shared/report.ts';
import { table } from '../../../src/shared/rollout/words.ts';
import type { World } from '../../../src/shared/world.ts';
import type { Told } from './tenant-step.ts';

export type EnvironmentStep = Omit<Shared, 'tenant'> & { readonly executor: 'fargate' | 'local' };

export const runEnvironmentStep = async (given: EnvironmentStep, world: World): Promise<Told> => {
  const around = await prepareEnvironment(given, world, 'database');
  const { environment, fleet } = around;
  const { host } = environment.database;
  const entries = given.dryRun
    ? []
    : compareListing(
        await world.log.group(`Databases of ${host}`, () => listDatabases(around, given.executor, world)),
        fleet,
        environment,
      );
  for (const entry of entries) world.log.info(quoteForeign(lineOf(entry)));
  const ran = given.dryRun ? 'dry run' : given.executor;
  return {
    changed: 'false',
    database: '',
    user: '',
    databases: JSON.stringify(entries),
    plan: JSON.stringify([
      { step: 'database', action: 'list', name: host, by: given.executor, ...countsOf(entries) },
    ]),
    exitCode: '',
    taskArn: '',
    cause: '',
    summary: summaryOf({ environment: environment.name, server: host, ran, ...countsOf(entries) }, entries),
  };
};

const words: Readonly<Record<Standing, string>> = {
  present: 'present',
  missing: 'missing',
  nobodys: "nobody's",
};
const marks: Readonly<Record<Standing, string>> = { present: '✅', missing: '❌', nobodys: '❔' };

const lineOf = ({ kind, name, state, tenant }: Entry): string =>
  `${kind} ${name}: ${words[state]}${tenant ? `, of ${tenant}` : ''}`;

const countsOf = (entries: readonly Entry[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (['database', 'user'] as const).map((kind) => [
      `${kind}s`,
      (['present', 'missing', 'nobodys'] as const)
        .map((state) => {
          const count = entries.filter((entry) => entry.kind === kind && entry.state === state).length;
          return `${count} ${words[state]}`;
        })
        .join(', '),
    ]),
  );

/** A step's summary has a limit, and what is as it should be comes last. */
const mostRows = 2_000;

const summaryOf = (facts: Readonly<Record<string, string>>, entries: readonly Entry[]): string => {
  const rows = entries
    .slice(0, mostRows)
    .map(({ kind, name, state, tenant, environment }) => [
      marks[state],
      kind,
      cell(name),
      words[state],
      tenant && `${tenant} in ${environment}`,
    ]);
  const rest = entries.length - rows.length;
  const more = rest > 0 ? `\n\n${rest} more are in output \`databases\`.` : '';
  const listed = rows.length ? `\n\n${table(['', '', 'name', 'state', 'tenant'], rows)}` : '';
  return `## Databases of ${facts.environment}\n\n${factTable(facts)}${listed}${more}\n\n${hint}\n`;
};

const hint =
  "Missing: run operation `init` for that tenant. Nobody's: no manifest names it; if it was a tenant's, rollback-tenant with `mode: teardown` and `drop-database` removes it while the manifest still stands.";

export const finishEnvironmentStep = async (
  given: EnvironmentStep,
  world: World,
  state: (name: string) => string,
): Promise<void> => {
  if (!state('database-family') || state('database-done')) return;
  await finishListing(await prepareEnvironment(given, world, 'database'), state);
};
