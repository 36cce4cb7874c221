// The real world of a job: the machine's clock, network, files and processes, and AWS under the right credentials.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { getExecOutput } from '@actions/exec';
import type { connectThrough } from './credentials.ts';
import { Cancelled } from './errors.ts';
import { requestThrough } from './http.ts';
import type { Clock, Exec, Files, Log, World } from './world.ts';
import type { Clients } from './world-aws.ts';
import type { openGithub } from './world-github.ts';

/** The parts of the world that an action's bundle holds: one that never asks AWS does not carry its clients. */
export type Reach = {
  readonly aws?: { readonly connectThrough: typeof connectThrough; readonly clients: Clients };
  readonly openGithub?: typeof openGithub;
};

export type Given = {
  readonly reach: Reach;
  readonly log: Log;
  /** Aborted by SIGINT or SIGTERM, with the signal's name as reason. */
  readonly signal: AbortSignal;
  /** A fresh OIDC token for an audience; rejects where the job may not have one. */
  readonly idToken: (audience: string) => Promise<string>;
  readonly remember: World['remember'];
  readonly output: World['output'];
  readonly env: Readonly<Record<string, string | undefined>>;
};

export const realWorld = (given: Given): World => {
  const { log, signal, remember, output, env } = given;
  const clock = cancellableClock(signal);
  return {
    ...reach({ ...given, clock }),
    ambientRegion: env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
    clock,
    http: requestThrough(env, signal),
    log,
    exec: execute,
    files: filesOf(env.GITHUB_WORKSPACE || process.cwd()),
    run: runIn(env),
    unique: randomUUID(),
    random: Math.random,
    output,
    remember,
  };
};

const reach = ({
  reach: { aws, openGithub },
  clock,
  log,
  signal,
  idToken,
  env,
}: Given & { readonly clock: Clock }): Pick<World, 'connect' | 'github'> => {
  const random = Math.random;
  return {
    connect: aws?.connectThrough({ env, idToken, clients: aws.clients, clock, random }) ?? outOf('AWS'),
    github: openGithub?.({ env, clock, log, random, signal }) ?? outOf('GitHub'),
  };
};

const outOf = (what: string) => (): never => {
  throw new Error(`main.ts of this action does not reach for ${what}.`);
};

const runIn = (env: Given['env']): World['run'] => ({
  repository: env.GITHUB_REPOSITORY ?? '',
  event: env.GITHUB_EVENT_NAME ?? '',
  eventPath: env.GITHUB_EVENT_PATH ?? '',
  id: env.GITHUB_RUN_ID ?? '',
  attempt: env.GITHUB_RUN_ATTEMPT ?? '',
  actor: env.GITHUB_ACTOR ?? '',
  sha: env.GITHUB_SHA ?? '',
  url: env.GITHUB_RUN_ID
    ? `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`
    : '',
});

export const cancellableClock = (signal: AbortSignal): Clock => ({
  now: Date.now,
  sleep: (ms) =>
    new Promise((resolve, reject) => {
      const cancel = (): void => {
        clearTimeout(timer);
        reject(new Cancelled(String(signal.reason)));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', cancel);
        resolve();
      }, ms);
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
    }),
});

const execute: Exec = async ({ command, args, env, input }) => {
  // Decoded at the end: a chunk may end in the middle of a character.
  const chunks: Buffer[] = [];
  const collect = (data: Buffer): void => {
    chunks.push(data);
  };
  const { exitCode } = await getExecOutput(command, [...args], {
    env: { ...(process.env as Record<string, string>), ...env },
    // A program that ends without reading it would take this process along: the write fails with EPIPE.
    ...(input ? { input: Buffer.from(input) } : {}),
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: collect, stderr: collect },
  });
  return { exitCode, output: Buffer.concat(chunks).toString('utf8') };
};

/** Files of the workspace; paths come back as they were asked for, below `folder`. */
const filesOf = (workspace: string): Files => ({
  list: async (folder) => {
    try {
      // An input may name a folder outside the workspace: RUNNER_TEMP.
      const base = resolve(workspace, folder);
      const entries = await readdir(base, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(folder, relative(base, join(entry.parentPath, entry.name)))
            .split(sep)
            .join('/'),
        )
        .sort();
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return [];
      throw error;
    }
  },
  // At once: handing ten thousand small files to threads takes longer than reading them.
  read: async (path) => readFileSync(resolve(workspace, path), 'utf8'),
  write: async (path, text) => {
    const file = resolve(workspace, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  },
});
