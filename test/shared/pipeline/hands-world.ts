// What the actions' code is given in these tests: a world that leads to a sandbox, and ways to disturb it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StandardRetryStrategy } from '@smithy/core/retry';
import type { VirtualClock } from '../../../sandbox/aws/clock.ts';
import { inProcessHandler } from '../../../sandbox/aws/doors/in-process.ts';
import type { Sandbox } from '../../../sandbox/aws/sandbox.ts';
import { clients } from '../../../src/shared/aws/reach-pipelines.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import type { World } from '../../../src/shared/world.ts';
import { connectAws } from '../../../src/shared/world-aws.ts';

export const files: World['files'] = {
  list: async (folder) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  },
  read: (path) => readFile(path, 'utf8'),
  write: async () => {},
};

// The SDK waits between its tries on the machine's clock; in tests it does not wait.
const noDelay = { computeNextBackoffDelay: () => 0, setDelayBase: () => {} };

type Ground = { readonly sandbox: Sandbox; readonly clock: VirtualClock; readonly lines: string[] };

export const createWorld = ({ sandbox, clock, lines }: Ground): World => ({
  connect: ({ region }) =>
    connectAws(
      {
        region,
        endpoint: 'http://sandbox.invalid',
        credentials: async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' }),
        requestHandler: inProcessHandler(sandbox),
        retryStrategy: new StandardRetryStrategy({ maxAttempts: 6, backoff: noDelay }),
      },
      clients,
    ),
  ambientRegion: undefined,
  clock: { now: clock.now, sleep: clock.sleep },
  http: async () => ({ kind: 'no-answer', reason: 'no network in the kit' }),
  log: {
    info: (line) => void lines.push(line),
    warning: (line) => void lines.push(`warning: ${line}`),
    secret: () => {},
    group: (title, body) => {
      lines.push(title);
      return body();
    },
  },
  exec: async () => ({ exitCode: 127, output: 'no programs in the kit' }),
  files,
  github: () => {
    throw new Error('no GitHub in the kit');
  },
  run: {
    id: '4711',
    attempt: '1',
    actor: 'ada',
    sha: 'abc',
    url: 'https://github.com/your-org/envelope-api/actions/runs/4711',
    repository: 'your-org/envelope-api',
    event: 'release',
    eventPath: '',
  },
  unique: 'kit',
  random: () => 0.5,
  output: () => {},
  remember: () => {},
});

/** Calls `before` once, just before the code under test sends `operation`. */
export const intercepting = (
  around: ApplicationSurroundings,
  operation: keyof ApplicationSurroundings['aws']['codepipeline'],
  before: () => Promise<unknown>,
): ApplicationSurroundings => {
  let done = false;
  const once = async (): Promise<void> => {
    if (done) return;
    done = true;
    await before();
  };
  const codepipeline = new Proxy(around.aws.codepipeline, {
    get: (target, key, receiver) => {
      const real: unknown = Reflect.get(target, key, receiver);
      if (key !== operation || typeof real !== 'function') return real;
      if (!operation.startsWith('paginate'))
        return async (...args: readonly unknown[]) => {
          await once();
          return Reflect.apply(real, target, [...args]);
        };
      return async function* pages(...args: readonly unknown[]) {
        await once();
        yield* Reflect.apply(real, target, [...args]);
      };
    },
  });
  return { ...around, aws: { ...around.aws, codepipeline } };
};

/** The clock of a job that was cancelled: no pause is possible any more. */
export const cancelled = (around: ApplicationSurroundings): ApplicationSurroundings => ({
  ...around,
  clock: { now: around.clock.now, sleep: async () => Promise.reject(new Error('cancelled')) },
});
