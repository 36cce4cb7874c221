// A world with the example fleet, files in memory, GitHub in a box and a clock that moves only when somebody sleeps.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getOctokit } from '@actions/github';
import { openHub } from '../../../sandbox/github/hub/hub.ts';
import type { Compare, Hub, HubSettings, JobRecord, Permissions } from '../../../sandbox/github/hub/types.ts';
import { admissionStep } from '../../../src/shared/fleet/rollout.ts';
import type { Exec, World } from '../../../src/shared/world.ts';

export const sha = '9f2c'.repeat(10);
export const begin = Date.UTC(2026, 0, 5, 9);

export type Stage = {
  readonly hub: Hub;
  readonly world: World;
  readonly lines: string[];
  readonly warnings: string[];
  readonly files: Map<string, string>;
  /** Another run, another attempt, other rights. */
  readonly as: (other: { readonly run?: Partial<World['run']>; readonly rights?: Permissions }) => World;
  /** Something that happens at every sleep, after the clock moved. */
  readonly onSleep: (happens: () => void) => void;
};

const rights: Permissions = { actions: 'read', checks: 'read', contents: 'read', deployments: 'write' };

export const exampleFleet = (): Map<string, string> =>
  new Map(
    readdirSync('examples/wpsit', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.replace('examples/wpsit', 'fleet'), readFileSync(path, 'utf8')]),
  );

const noGit: Exec = async () => ({ exitCode: 128, output: 'fatal: not a git repository' });

export const openStage = async (
  given: { readonly settings?: Partial<HubSettings>; readonly exec?: Exec; readonly compare?: Compare } = {},
): Promise<Stage> => {
  let now = begin;
  let happens = (): void => {};
  const hub = await openHub({
    repository: { owner: 'your-org', name: 'wpsit', ownerId: 1001, id: 2002 },
    now: () => now,
    mintToken: () => 'jwt',
    settings: { requestsPerHour: 100_000, writesPerMinute: 1_000, ...given.settings },
    ...(given.compare ? { compare: given.compare } : {}),
  });
  saveRun(hub, 7, 1);
  const files = exampleFleet();
  const lines: string[] = [];
  const warnings: string[] = [];
  const worldWith = (run: Partial<World['run']>, allowed: Permissions): World => ({
    connect: () => {
      throw new Error('no AWS here');
    },
    ambientRegion: undefined,
    github: async () => getOctokit(hub.issueToken(allowed).token, { baseUrl: hub.url }),
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
        happens();
      },
    },
    http: async () => ({ kind: 'no-answer', reason: 'no network' }),
    log: {
      info: (line) => void lines.push(line),
      warning: (line) => void warnings.push(line),
      secret: () => {},
      group: (_, body) => body(),
    },
    exec: given.exec ?? noGit,
    files: {
      list: async (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`)).sort(),
      read: async (path) => {
        const text = files.get(path);
        if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
        return text;
      },
      write: async (path, text) => void files.set(path, text),
    },
    run: {
      repository: 'your-org/wpsit',
      event: 'workflow_dispatch',
      eventPath: '',
      id: '7',
      attempt: '1',
      actor: 'tester',
      sha,
      url: 'https://github.com/your-org/wpsit/actions/runs/7',
      ...run,
    },
    unique: 'run 1',
    random: () => 0.5,
    output: () => {},
    remember: () => {},
  });
  return {
    hub,
    world: worldWith({}, rights),
    lines,
    warnings,
    files,
    as: (other) => worldWith(other.run ?? {}, other.rights ?? rights),
    onSleep: (then) => {
      happens = then;
    },
  };
};

export const saveRun = (hub: Hub, id: number, attempt: number, event = 'workflow_dispatch'): void =>
  hub.saveRun({
    id,
    attempt,
    name: 'Deploy fleet',
    event,
    headSha: sha,
    status: 'in_progress',
    conclusion: null,
  });

export type Ended = 'healthy' | 'failed' | 'cancelled' | 'refused' | 'asking' | 'running' | 'queued';

type Given = {
  readonly id: number;
  readonly tenant: string;
  readonly ended: Ended;
  readonly finding?: string;
} & Partial<JobRecord>;

const conclusions = {
  healthy: 'success',
  failed: 'failure',
  cancelled: 'cancelled',
  refused: 'failure',
  asking: null,
  running: null,
  queued: null,
} as const;

/** A tenant's job, four minutes long, started when its id says so. */
export const jobRecord = ({ id, tenant, ended, finding, ...over }: Given): JobRecord => {
  const done = conclusions[ended] !== null;
  const status = done ? 'completed' : ended === 'queued' ? 'queued' : 'in_progress';
  const startedAt = begin + id * 60_000;
  const admitted = ended === 'refused' ? 'failure' : 'success';
  const asked = ended === 'asking' || ended === 'queued';
  return {
    id,
    runId: 7,
    attempt: 1,
    name: `deploy / wave 1 / chunk 1 / ${tenant} / deploy to sit`,
    status,
    conclusion: conclusions[ended],
    startedAt: ended === 'queued' ? undefined : startedAt,
    completedAt: done ? startedAt + 252_000 : undefined,
    steps: [
      {
        number: 1,
        name: admissionStep,
        status: asked ? 'in_progress' : 'completed',
        conclusion: asked ? null : admitted,
      },
    ],
    annotations: finding
      ? [
          { level: 'warning', message: 'slow', title: '', path: '.github', line: 1 },
          {
            level: 'failure',
            message: 'Process completed with exit code 1.',
            title: '',
            path: '.github',
            line: 1,
          },
          { level: 'failure', message: finding, title: '', path: '.github', line: 1 },
        ]
      : [],
    ...over,
  };
};
