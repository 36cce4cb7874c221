// The database step as a one-off Fargate task.
import { type DatabaseTask, databaseContainer, databaseTaskDefinition } from './database/definition.ts';
import type { TenantOperation } from './database/environment.ts';
import { explainEnd, factsOfStep } from './database-end.ts';
import { Failed } from './errors.ts';
import { roleArnOf } from './fleet/desired.ts';
import { namesOf } from './fleet/names.ts';
import { runOneOff } from './one-off.ts';
import type { OneOff, Runner } from './one-off-start.ts';
import type { Prepared } from './prepare.ts';
import { orAbsent } from './resources/surroundings.ts';
import { seek } from './wait.ts';
import type { World } from './world.ts';

/** Marks tasks as this run's, for its own post step and for the next run. ECS allows 128 of [A-Za-z0-9-/_]. */
export const startedByOf = (tenant: string, { id, attempt }: World['run']): string =>
  `tenant-actions/${id || 'local'}/${attempt || '1'}/${tenant}`.slice(0, 128);

type TaskRun = { readonly operation: TenantOperation; readonly accessPointId: string | undefined };

export const runDatabaseTask = async (
  around: Prepared,
  { operation, accessPointId }: TaskRun,
  { run, remember }: Pick<World, 'run' | 'remember'>,
): Promise<readonly string[]> => {
  const { tenant } = around;
  const family = namesOf(tenant).databaseFamily;
  const { database, network } = tenant.environment;
  remember('database-family', family);
  const call: OneOff = {
    definition: {
      ...databaseTaskDefinition(await definitionOf(around, { operation, accessPointId })),
      family,
    },
    container: databaseContainer,
    streamPrefix: databaseContainer,
    securityGroups: database.securityGroups ?? network.securityGroups,
    startedBy: startedByOf(tenant.name, run),
  };
  const finished = await runOneOff(around, call);
  remember('database-done', 'true');
  if (finished.exitCode === 0) return finished.logTail;
  throw explainEnd(operation, { ...finished, facts: factsOfStep(tenant) });
};

const definitionOf = async (
  around: Prepared,
  { operation, accessPointId }: TaskRun,
): Promise<DatabaseTask> => {
  const { tenant } = around;
  const { environment } = tenant;
  const head = { tenant, executionRoleArn: roleArnOf(environment, environment.executionRole) };
  const master = () => secretArn(around, environment.database.masterSecret);
  const own = () => secretArn(around, namesOf(tenant).secret);
  switch (operation) {
    case 'init':
      return { ...head, operation, secretArn: await own(), masterSecretArn: await master() };
    case 'verify':
      return { ...head, operation, secretArn: await own() };
    case 'drop':
      return { ...head, operation, masterSecretArn: await master(), accessPointId };
  }
};

/** ECS takes a secret's JSON key only behind its full ARN. Throws Failed where there is no usable secret. */
export const secretArn = async (around: Runner, name: string): Promise<string> => {
  const found = await seek(() => describeSecret(around, name), around.clock);
  if (found?.ARN && !found.DeletedDate) return found.ARN;
  throw new Failed(...missingSecret(around, name, found !== undefined));
};

const describeSecret = ({ aws }: Pick<Runner, 'aws'>, name: string) =>
  orAbsent(aws.secrets.describeSecret({ SecretId: name }), 'ResourceNotFoundException');

/** Why a secret cannot be used, in one line; empty where it can. */
export const checkSecret = async (around: Prepared, name: string): Promise<readonly string[]> => {
  const found = await describeSecret(around, name);
  return found?.ARN && !found.DeletedDate ? [] : [missingSecret(around, name, found !== undefined).join(' ')];
};

const missingSecret = (
  { tenant }: Pick<Runner, 'tenant'>,
  name: string,
  isDeleted: boolean,
): [what: string, fix: string] => {
  const isOwn = name === namesOf(tenant).secret;
  if (isDeleted)
    return [
      `Secret ${name} is scheduled for deletion.`,
      isOwn
        ? 'Run provision-tenant with steps secret and access: it restores the secret.'
        : `Restore it: aws secretsmanager restore-secret --secret-id ${name}`,
    ];
  return [
    `There is no secret named ${name}.`,
    isOwn
      ? 'Run provision-tenant with steps secret and access first.'
      : 'Correct database.masterSecret in the environment manifest, or create the secret: {"username", "password"}.',
  ];
};
