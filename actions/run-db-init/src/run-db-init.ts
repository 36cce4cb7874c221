// Makes, checks or drops a tenant's database, or lists an environment's; or runs a command or the migration in a service of an application.

import { isLeftBehind } from '../../../src/shared/command/leave.ts';
import { commandWords } from '../../../src/shared/command/words.ts';
import { finishDatabaseStep } from '../../../src/shared/database-step.ts';
import { type Problem, UserError } from '../../../src/shared/errors.ts';
import {
  flag,
  type Inputs,
  name,
  number,
  type Outputs,
  oneOf,
  optional,
  roleArn,
  subjectOf,
  text,
} from '../../../src/shared/inputs.ts';
import type { World } from '../../../src/shared/world.ts';
import { finishApplicationCommand, problemsOf, runApplicationCommand } from './application-command.ts';
import { finishEnvironmentStep, runEnvironmentStep } from './environment-step.ts';
import { runTenantStep } from './tenant-step.ts';

export const title = 'Database step';

export const inputs = {
  fleet: text,
  environment: name,
  tenant: optional(name),
  application: optional(name),
  'role-to-assume': optional(roleArn),
  'dry-run': flag,
  'timeout-minutes': number('minutes', [0.1, 360]),
  operation: oneOf('init', 'verify', 'drop', 'list', 'command', 'migrate'),
  service: optional(name),
  container: optional(text),
  command: optional(commandWords),
  executor: oneOf('fargate', 'local'),
  'dump-folder': optional(text),
  confirm: optional(text),
  'confirm-database': optional(text),
} as const;

export const outputs = [
  'changed',
  'database',
  'user',
  'databases',
  'plan',
  'exit-code',
  'task-arn',
  'cause',
  'summary',
] as const;

type Given = Inputs<typeof inputs>;

export const run = async (given: Given, world: World): Promise<Outputs<typeof outputs>> => {
  const { operation } = given;
  if (operation === 'list') {
    refuseSubject(given);
    return runEnvironmentStep(given, world);
  }
  const subject = subjectOf(given);
  switch (operation) {
    case 'command':
    case 'migrate': {
      if (subject.kind === 'tenant') throw new UserError([mismatch(operation, 'tenant')]);
      const problems = problemsOf({ ...given, operation });
      if (problems.length) throw new UserError(problems);
      return runApplicationCommand({ ...given, operation, application: subject.name }, world);
    }
    case 'init':
    case 'verify':
    case 'drop':
      if (subject.kind === 'application') throw new UserError([mismatch(operation, 'application')]);
      return runTenantStep({ ...given, operation, tenant: subject.name }, world);
  }
};

const refuseSubject = ({ tenant, application }: Given): void => {
  const problems = Object.entries({ tenant, application }).flatMap(([name, value]) =>
    value === undefined
      ? []
      : {
          what: `Operation list is for a whole environment, but input ${name} was given.`,
          fix: 'Leave it out, or use operation verify for one tenant.',
        },
  );
  if (problems.length) throw new UserError(problems);
};

const mismatch = (operation: Given['operation'], given: 'tenant' | 'application'): Problem =>
  given === 'tenant'
    ? {
        what: `Operation ${operation} is for an application, but input tenant was given.`,
        fix: 'Set input application instead, or use operation init, verify or drop.',
      }
    : {
        what: `Operation ${operation} is for a tenant, but input application was given.`,
        fix: 'Set input tenant instead, or use operation command or migrate.',
      };

/** Main checked that operation and subject belong together, before it remembered anything. */
export const post = async (given: Given, world: World, state: (name: string) => string): Promise<void> => {
  const { operation, tenant, application } = given;
  if (operation === 'list') await finishEnvironmentStep(given, world, state);
  if (tenant !== undefined) await finishDatabaseStep('database')({ ...given, tenant }, world, state);
  if (
    application !== undefined &&
    (operation === 'command' || operation === 'migrate') &&
    isLeftBehind(state)
  )
    await finishApplicationCommand({ ...given, application }, world, state);
};
