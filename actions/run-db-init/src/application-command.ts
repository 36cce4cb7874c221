// command and migrate: any program in a service of an application, with what that service runs and where it runs it.

import {
  type Call,
  type CommandOperation,
  callName,
  isSameCommand,
  shownWords,
} from '../../../src/shared/command/call.ts';
import { settleRemembered } from '../../../src/shared/command/leave.ts';
import { type Ran, runCommand } from '../../../src/shared/command/run-command.ts';
import { refuseShellWords } from '../../../src/shared/command/shell.ts';
import { taskPage } from '../../../src/shared/command/whereabouts.ts';
import { findWorkplace, type Workplace } from '../../../src/shared/command/workplace.ts';
import { type Problem, UserError } from '../../../src/shared/errors.ts';
import type { Application, ApplicationService } from '../../../src/shared/fleet/application.ts';
import { secretsIn } from '../../../src/shared/fleet/application-secrets.ts';
import { nearest } from '../../../src/shared/fleet/nearest.ts';
import {
  type ApplicationSurroundings,
  prepareApplication,
  type SharedByApplications,
} from '../../../src/shared/prepare-application.ts';
import { factTable } from '../../../src/shared/report.ts';
import type { World } from '../../../src/shared/world.ts';
import type { Told } from './tenant-step.ts';

export type ApplicationCommand = SharedByApplications & {
  readonly operation: CommandOperation;
  readonly dryRun: boolean;
  readonly service: string | undefined;
  readonly container: string | undefined;
  readonly command: readonly string[] | undefined;
};

export const runApplicationCommand = async (given: ApplicationCommand, world: World): Promise<Told> => {
  refuseSecrets(given.command ?? []);
  const around = await prepareApplication(given, world, 'command');
  const call = callOf(given, around.application);
  const service = serviceOf(around.application, call.service);
  const workplace = await findWorkplace(around, service, call.container);
  for (const warning of workplace.warnings) world.log.warning(warning);
  refuseShellWords(call, workplace);
  if (call.operation !== given.operation) world.log.info(isMigration);
  world.log.info(
    `${callName(call)}: container ${call.container} of ${workplace.revision}, in the network of ${workplace.service}`,
  );
  if (given.dryRun) return told({ call, workplace, around, ran: undefined });
  const ran = await world.log.group(callName(call), () => runCommand({ around, call, workplace, world }));
  return told({ call, workplace, around, ran });
};

/** ECS shows a task's overrides to everybody who may describe it, and CloudTrail keeps them. Throws UserError. */
const refuseSecrets = (words: readonly string[]): void => {
  const problems = secretsIn(words).map(({ index, name }) => ({
    what: `Word ${index + 1} of input command looks like a secret (${name}): ECS would show it to everybody who may describe the task.`,
    fix: "Let the program read it from the container's environment, where the task definition's secrets put it.",
  }));
  if (problems.length) throw new UserError(problems);
};

const isMigration =
  "This command is the migration of the application's manifest, so it is run as one: not beside another one, and neither a timeout nor a cancelled job stops it.";

/**
 * Of `command` what the inputs say, of `migrate` what the manifest does. The manifest's migration stays one whichever way
 * it is asked for, and in whichever service. Throws UserError.
 */
const callOf = (given: ApplicationCommand, application: Application): Call => {
  const { migration, name, environment } = application;
  if (given.operation === 'command') {
    const { service = '', command: words = [] } = given;
    const container = given.container ?? serviceOf(application, service).container;
    const operation = migration && isSameCommand(words, migration.command) ? 'migrate' : 'command';
    return { operation, service, container, words };
  }
  if (migration)
    return {
      operation: 'migrate',
      service: migration.service,
      container: migration.container,
      words: migration.command,
    };
  throw new UserError([
    {
      what: `applications/${name}.yml has no migration in ${environment.name}.`,
      fix: 'Write it there: migration: {service: api, command: [php, artisan, migrate, --force]}.',
    },
  ]);
};

const serviceOf = ({ name, services }: Application, wanted: string): ApplicationService => {
  const found = services.find((service) => service.name === wanted);
  if (found) return found;
  const names = services.map((service) => service.name);
  const near = nearest(wanted, names);
  throw new UserError([
    {
      what: `applications/${name}.yml has no service '${wanted}'.`,
      fix: `${near ? `Did you mean '${near}'? ` : ''}It has: ${names.join(', ')}.`,
    },
  ]);
};

/** Problems of inputs that do not belong together, for the operations of an application. */
export const problemsOf = (given: {
  readonly operation: CommandOperation;
  readonly executor: string;
  readonly service: string | undefined;
  readonly container: string | undefined;
  readonly command: readonly string[] | undefined;
}): readonly Problem[] => {
  const { operation, executor } = given;
  const inputs = ['service', 'container', 'command'] as const;
  const isGiven = (name: (typeof inputs)[number]): boolean => given[name] !== undefined;
  const misfits =
    operation === 'migrate'
      ? inputs.filter(isGiven).map((name) => ({
          what: `Input ${name} is not for operation migrate, which the manifest's migration describes.`,
          fix: 'Leave it out, or use operation command.',
        }))
      : (['service', 'command'] as const)
          .filter((name) => !isGiven(name))
          .map((name) => ({ what: `Operation command needs input ${name}.`, fix: 'Set it under `with:`.' }));
  const local = { what: `Operation ${operation} runs in ECS only.`, fix: 'Leave input executor out.' };
  return executor === 'local' ? [...misfits, local] : misfits;
};

type Telling = {
  readonly call: Call;
  readonly workplace: Workplace;
  readonly around: ApplicationSurroundings;
  readonly ran: Ran | undefined;
};

const told = ({ call, workplace, around, ran }: Telling): Told => ({
  changed: String(ran !== undefined && !(call.operation === 'migrate' && ran.migrations.nothingToDo)),
  database: '',
  user: '',
  databases: '',
  plan: JSON.stringify([
    { step: call.operation, action: 'run', name: shownWords(call.words), by: workplace.revision },
  ]),
  exitCode: ran ? '0' : '',
  taskArn: ran?.taskArn ?? '',
  cause: '',
  summary: summaryOf({ call, workplace, around, ran }),
});

const summaryOf = ({ call, workplace, around, ran }: Telling): string => {
  const facts = {
    command: shownWords(call.words),
    service: workplace.service,
    'task definition': workplace.revision,
    container: call.container,
    ...(ran ? { 'exit code': '0' } : { ran: 'dry run' }),
    ...(ran?.migrations.done.length ? { 'migrations done': String(ran.migrations.done.length) } : {}),
  };
  const tail = ran?.tail.slice(-30).join('\n').replaceAll('~~~', '~ ~ ~');
  const log = tail
    ? `\n\n<details><summary>The end of its log</summary>\n\n~~~text\n${tail}\n~~~\n\n</details>`
    : '';
  const link = ran ? `\n\n[The task in ECS](${taskPage(around.application, ran.taskArn)})` : '';
  return `## ${call.operation === 'migrate' ? 'Migration' : 'Command'}\n\n${factTable(facts)}${link}${log}\n`;
};

/** The post step: stops or tells of what a killed main left running. */
export const finishApplicationCommand = async (
  given: SharedByApplications,
  world: World,
  state: (name: string) => string,
): Promise<void> => settleRemembered(await prepareApplication(given, world, 'command'), state);
