// Envelope's images for the virtual clock: the API and its commands, Nuxt's two sites, worker, scheduler and Reverb.
// Tests tell containers that start from now on how to behave; what runs already goes on as it is.
import {
  accessDenied,
  artisanWords,
  endless,
  type FailedJob,
  firstFailedJobs,
  listFailed,
  migrateFailure,
  migrateLines,
  migrations,
  notice,
  type Outcome,
  otherProgram,
  retryAll,
  undefinedCommand,
  upPage,
} from './artisan.ts';
import { readImage } from './image.ts';
import { createProgram } from './program.ts';
import type {
  ContainerHost,
  ContainerSpec,
  ProbeAnswer,
  ProbeRequest,
  RunningContainer,
  Runtime,
} from './runtime.ts';

export type MigrationBehaviour = 'migrates' | 'fails' | 'out-of-memory' | 'runs-for-ever';
export type ServiceBehaviour = 'healthy' | 'crashes' | 'answers-500';

export type Behaviour = {
  readonly migration: MigrationBehaviour;
  /** By what runs: api, worker, scheduler, reverb, tenant, hq; healthy unless given. */
  readonly services: Readonly<Record<string, ServiceBehaviour>>;
};

export type Envelope = {
  readonly runtime: Runtime;
  /** Changes how containers behave that start from now on. */
  readonly behave: (change: Partial<Behaviour>) => void;
  /** Names of the migrations that ran, in order. */
  readonly migrated: () => readonly string[];
  readonly failedJobs: () => readonly FailedJob[];
};

type State = {
  behaviour: Behaviour;
  migrated: readonly string[];
  failedJobs: readonly FailedJob[];
};

type Part = { readonly state: State; readonly spec: ContainerSpec; readonly host: ContainerHost };

const stepMs = 2_000;
const crashMs = 1_000;

/** The short name of what a container runs. */
export const programOf = ({ image, command }: Pick<ContainerSpec, 'image' | 'command'>): string => {
  const [word] = artisanWords(command) ?? [];
  const names: Readonly<Record<string, string>> = {
    'queue:work': 'worker',
    'schedule:work': 'scheduler',
    'reverb:start': 'reverb',
  };
  return (word && names[word]) ?? readImage(image).name.split('-').at(-1) ?? '';
};

const page = (status: number, body: string): ProbeAnswer => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8', ...(status === 302 && { location: '/login' }) },
  body,
});

/** What a healthy web container answers. */
export const answerOf = (program: string, { path }: Pick<ProbeRequest, 'path'>): ProbeAnswer => {
  const [plain = '/'] = path.split('?');
  if (program === 'hq') return plain === '/' ? page(302, '') : page(200, '<title>HQ</title>');
  if (program !== 'api') return page(200, `<title>${program}</title>`);
  return plain === '/up' ? page(200, upPage) : page(404, '{"message":"Not found."}');
};

/** Runs `body` after `ms` unless the container was stopped before. */
const later = (
  { host }: Part,
  container: RunningContainer,
  { ms, body }: { readonly ms: number; readonly body: () => void },
): RunningContainer => {
  const cancel = host.clock.after(ms, body);
  return {
    ...container,
    stop: () => {
      cancel();
      container.stop();
    },
  };
};

const serve = (part: Part, program: string): RunningContainer => {
  const { state, host } = part;
  const behaviour = state.behaviour.services[program] ?? 'healthy';
  const { container, end } = createProgram(0, async (request) => {
    const answered = behaviour === 'answers-500' ? page(500, 'Server Error') : answerOf(program, request);
    if (answered.kind === 'answer') host.log(`GET ${request.path} ${answered.status}`);
    return answered;
  });
  const [word = ''] = artisanWords(part.spec.command) ?? [];
  for (const line of endless[word] ?? [`Listening on ${part.spec.port ?? 'no port'}`]) host.log(line);
  if (behaviour !== 'crashes') return container;
  const body = (): void => {
    host.log('PHP Fatal error:  Uncaught Error: Class "App\\Providers\\AppServiceProvider" not found');
    end({ code: 1 });
  };
  return later(part, container, { ms: crashMs, body });
};

const migrate = ({ state }: Part): Outcome => {
  const pending = migrations.filter((name) => !state.migrated.includes(name));
  if (state.behaviour.migration === 'fails') return migrateFailure(migrations[2]);
  state.migrated = migrations;
  return { code: 0, lines: migrateLines(pending) };
};

const outcomeOf = (part: Part, words: readonly string[]): Outcome => {
  const { state, spec } = part;
  if (!spec.environment.DB_PASSWORD) return accessDenied(spec.environment);
  switch (words[0]) {
    case 'migrate':
      return migrate(part);
    case 'queue:failed':
      return listFailed(state.failedJobs);
    case 'queue:retry': {
      const jobs = state.failedJobs;
      state.failedJobs = [];
      return retryAll(jobs);
    }
    default:
      return undefinedCommand(words[0] ?? '');
  }
};

const refuseAll = async (): Promise<ProbeAnswer> => ({ kind: 'no-answer', reason: 'refused' });

const runCommand = (part: Part, words: readonly string[]): RunningContainer => {
  const { state, host } = part;
  const { container, end } = createProgram(143, refuseAll);
  const migration = words[0] === 'migrate' ? state.behaviour.migration : 'migrates';
  host.log(notice);
  if (migration === 'runs-for-ever') return container;
  const body = (): void => {
    if (migration === 'out-of-memory') {
      host.log('   INFO  Running migrations.  ');
      end({ code: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' });
      return;
    }
    const { lines, code } = outcomeOf(part, words);
    for (const line of lines) host.log(line);
    end({ code });
  };
  return later(part, container, { ms: stepMs, body });
};

const runOther = (part: Part): RunningContainer => {
  const { container, end } = createProgram(143, refuseAll);
  const { lines, code } = otherProgram(part.spec.command);
  const body = (): void => {
    for (const line of lines) part.host.log(line);
    end({ code });
  };
  return later(part, container, { ms: stepMs, body });
};

/** `repositories`: the ECR repositories whose images it runs; every other one is unknown to it. */
export const createEnvelope = (repositories: readonly string[]): Envelope => {
  const state: State = {
    behaviour: { migration: 'migrates', services: {} },
    migrated: migrations.slice(0, 2),
    failedJobs: firstFailedJobs,
  };
  const names = new Set(repositories.map((repository) => readImage(repository).name));
  return {
    runtime: (spec, host) => {
      if (!names.has(readImage(spec.image).name)) return undefined;
      const part = { state, spec, host };
      const words = artisanWords(spec.command);
      if (words && !endless[words[0] ?? '']) return runCommand(part, words);
      return words || spec.command.length === 0 ? serve(part, programOf(spec)) : runOther(part);
    },
    behave: (change) => {
      state.behaviour = { ...state.behaviour, ...change };
    },
    migrated: () => state.migrated,
    failedJobs: () => state.failedJobs,
  };
};
