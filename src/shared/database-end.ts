// How a database step that did not end well is told: by its exit code, or by what ECS says of a task that never ran.
import type { Operation } from './database/environment.ts';
import { findAll } from './diagnose/find.ts';
import type { Facts } from './diagnose/rule.ts';
import { databaseStepRules, type StepEnd } from './diagnose/rules/database-step.ts';
import { networkCauses } from './diagnose/rules/network.ts';
import { startCauses } from './diagnose/rules/start.ts';
import { Diagnosed, Failed } from './errors.ts';
import { namesOf } from './fleet/names.ts';
import type { TaskOwner, Tenant } from './fleet/types.ts';

type Ended = {
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly stopCode: string;
  /** Quoted for the log. */
  readonly logTail: readonly string[];
  /** Names for the texts, as far as they are known: Evidence['facts']. */
  readonly facts?: Facts;
};

/** ECS tells of a task that never ran as it does of a service's. */
const rulesFor = (exitCode: number | undefined) =>
  exitCode === undefined ? [...startCauses, ...networkCauses, ...databaseStepRules] : databaseStepRules;

export const explainEnd = (operation: Operation, ended: Ended): Diagnosed => {
  const { exitCode, reason, stopCode, logTail, facts = {} } = ended;
  const lines = logTail.map((line) => line.replace(/^\| /, ''));
  const end: StepEnd = { facts, reason, secrets: [], network: undefined, exitCode, lines };
  const findings = findAll(rulesFor(exitCode), end);
  const told = findings.find(({ id }) => id.startsWith('database-step-'));
  const what =
    exitCode === undefined
      ? `Database ${operation}: the container never started. ${reason}`
      : `Database ${operation} failed with exit code ${exitCode}. ${told?.cause ?? ''}`;
  const fix = told?.fix.join(' ') ?? 'Read the log lines below.';
  const evidence = [...(reason ? [`ECS: ${stopCode} ${reason}`] : []), ...logTail];
  const subject = `${facts.subject ? `${facts.subject}, ` : ''}database ${operation}`;
  return new Diagnosed(new Failed(what.trim(), fix), [{ subject, findings, evidence }]);
};

/** What a tenant's step is told with. */
export const factsOfStep = (tenant: Tenant): Facts => ({
  ...factsOfTask(tenant),
  subject: tenant.name,
  tenant: tenant.name,
  secret: namesOf(tenant).secret,
  database: tenant.database.name,
  user: tenant.database.user,
});

/** What a step for a whole environment is told with. */
export const factsOfTask = (owner: TaskOwner): Facts => {
  const { environment } = owner;
  const { databaseFamily } = namesOf(owner);
  // Its image and network are the environment's: no tenant's manifest has them.
  const manifest = `environments/${environment.name}.yml`;
  return {
    subject: environment.name,
    environment: environment.name,
    region: environment.region,
    cluster: environment.cluster,
    logGroup: environment.logGroup,
    executionRole: environment.executionRole,
    image: environment.database.clientImage,
    manifest,
    environmentManifest: manifest,
    family: databaseFamily,
    // What is named as the service whose next task shows whether it helped.
    service: databaseFamily,
    secret: environment.database.masterSecret,
    databaseHost: environment.database.host,
    databasePort: String(environment.database.port),
  };
};
