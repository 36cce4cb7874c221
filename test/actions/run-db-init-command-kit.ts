// Containers that do what a test says, in place of Envelope's own; and the messages of what goes wrong.
import type {
  DescribeTasksCommandInput,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  Task,
} from '@aws-sdk/client-ecs';
import { createProgram } from '../../sandbox/aws/containers/program.ts';
import type { ContainerHost, ContainerSpec, Runtime } from '../../sandbox/aws/containers/runtime.ts';
import { Cancelled, Diagnosed } from '../../src/shared/errors.ts';
import type { World } from '../../src/shared/world.ts';
import { type ApplicationLab, type ApplicationLabOptions, createApplicationLab } from '../application-lab.ts';

/** What the command `play` and the image `sidecar` do: called at the start, `end` ends the container. */
export type Play = (
  host: ContainerHost,
  end: (code: number, reason?: string) => void,
  spec: ContainerSpec,
) => void;

export type Played = {
  readonly lab: ApplicationLab;
  /** Commands that really started, in order. */
  readonly started: (readonly string[])[];
  readonly play: (play: Play, sidecar?: Play) => void;
};

const silent = async () => ({ kind: 'no-answer', reason: 'refused' }) as const;

export const createPlayed = async (options: ApplicationLabOptions = {}): Promise<Played> => {
  const plays: { command: Play; sidecar: Play } = { command: () => {}, sidecar: () => {} };
  const started: (readonly string[])[] = [];
  const containers: Runtime = (spec, host) => {
    const isSidecar = spec.image === 'sidecar:1';
    if (!isSidecar && spec.command[0] !== 'play') return undefined;
    started.push(spec.command);
    const { container, end } = createProgram(143, silent);
    (isSidecar ? plays.sidecar : plays.command)(
      host,
      (code, reason) => end(reason === undefined ? { code } : { code, reason }),
      spec,
    );
    return container;
  };
  const lab = await createApplicationLab({ containers, ...options });
  const play: Played['play'] = (command, sidecar = () => {}) => Object.assign(plays, { command, sidecar });
  return { lab, started, play };
};

/** Prints these lines and ends. */
export const ends =
  (code: number, lines: readonly string[] = [], reason?: string): Play =>
  (host, end) => {
    host.clock.after(1_000, () => {
      for (const line of lines) host.log(line);
      end(code, reason);
    });
  };

export const connect = ({ world, application }: ApplicationLab) =>
  world.connect({ region: application.environment.region, roleArn: undefined, sessionName: 'test' });

type Definition = RegisterTaskDefinitionCommandInput;

/** Gives the api service another task definition, as a release by hand would, and lets it settle. */
export const redefine = async (
  lab: ApplicationLab,
  change: (definition: Definition) => Partial<Definition>,
): Promise<string> => {
  const { ecs } = connect(lab);
  const cluster = lab.application.cluster;
  const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: 'envelope-prod-api' });
  const { family, networkMode, cpu, memory, executionRoleArn, taskRoleArn, containerDefinitions } =
    taskDefinition ?? {};
  const input: Definition = {
    family,
    networkMode,
    requiresCompatibilities: ['FARGATE'],
    cpu,
    memory,
    executionRoleArn,
    taskRoleArn,
    containerDefinitions,
  };
  const registered = await ecs.registerTaskDefinition({ ...input, ...change(input) });
  const arn = registered.taskDefinition?.taskDefinitionArn ?? '';
  await ecs.updateService({ cluster, service: 'envelope-prod-api', taskDefinition: arn });
  return arn;
};

export const playing = { operation: 'command', service: 'api', command: 'play' } as const;
export const migrating = { operation: 'migrate' } as const;

/** The words of an error and its evidence, with what differs from run to run left out. */
export const toldBy = (error: unknown): string => {
  const { message, details = [] } = error as { message: string; details?: readonly string[] };
  const seen = error instanceof Diagnosed ? error.cases.flatMap(({ evidence }) => evidence) : [];
  return [message, ...[...details, ...seen].map((line) => `    ${line}`)]
    .join('\n')
    .replace(/\b[0-9a-f]{32}\b/g, '<task>')
    .replace(/(secret:[\w/!-]+-)\w{6}\b/g, '$1<six>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/(tenant-actions\/\d+\/\d+\/)[0-9a-f]{16}/g, '$1<command>');
};

/** The lab's world, in which DescribeTasks shows tasks as `change` makes them: ends that the sandbox does not bring about. */
export const seenAs = (lab: ApplicationLab, change: (task: Task) => Task): World => ({
  ...lab.world,
  connect: (connection) => {
    const aws = lab.world.connect(connection);
    const describeTasks = async (input: DescribeTasksCommandInput) => {
      const answer = await aws.ecs.describeTasks(input);
      return { ...answer, tasks: answer.tasks?.map(change) };
    };
    const ecs = new Proxy(aws.ecs, {
      get: (target, name) => (name === 'describeTasks' ? describeTasks : Reflect.get(target, name)),
    });
    return { ...aws, ecs };
  },
});

/** The lab's world, cancelled as soon as `isTime` says so: every sleep from then on rejects, as a signal makes it. */
export const cancelledWhen = (lab: ApplicationLab, isTime: () => boolean): World => ({
  ...lab.world,
  clock: {
    now: lab.clock.now,
    sleep: async (ms) => {
      if (isTime()) throw new Cancelled('SIGINT');
      await lab.clock.sleep(ms);
    },
  },
});

export const attempt = (lab: ApplicationLab, number: string): World => ({
  ...lab.world,
  run: { ...lab.world.run, attempt: number },
});

/** Two worlds of two runs, whose first calls of an operation of ECS wait for each other. */
export const meetingAt = (lab: ApplicationLab, operation: 'runTask'): readonly [World, World] => {
  let arrived = 0;
  let open = (): void => {};
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  const meet = async (): Promise<void> => {
    arrived += 1;
    if (arrived === 2) open();
    await both;
  };
  const worldOf = (id: string): World => ({
    ...lab.world,
    unique: `process ${id}`,
    run: { ...lab.world.run, id },
    connect: (connection) => {
      const aws = lab.world.connect(connection);
      const wait = async (input: RunTaskCommandInput) => {
        await meet();
        return aws.ecs.runTask(input);
      };
      const ecs = new Proxy(aws.ecs, {
        get: (target, name) => (name === operation ? wait : Reflect.get(target, name)),
      });
      return { ...aws, ecs };
    },
  });
  return [worldOf('1'), worldOf('2')];
};
