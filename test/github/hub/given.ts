// A hub with one repository, and octokit as it comes, with its own fetch.
import { getOctokit } from '@actions/github';
import { openHub } from '../../../sandbox/github/hub/hub.ts';
import type {
  Hub,
  HubSettings,
  IdTokenClaims,
  JobRecord,
  Permissions,
  RunRecord,
} from '../../../sandbox/github/hub/types.ts';
import type { Github } from '../../../src/shared/world.ts';

export const repo = { owner: 'your-org', repo: 'wp-sit' };
export const sha = '9f2c'.repeat(10);

export const everything: Permissions = {
  actions: 'read',
  checks: 'read',
  deployments: 'write',
  issues: 'write',
  'pull-requests': 'write',
};

export type Given = {
  readonly hub: Hub;
  readonly github: Github;
  /** Octokit with other rights. */
  readonly as: (permissions: Permissions) => Github;
  /** Passes time, in milliseconds. */
  readonly pass: (ms: number) => void;
  readonly minted: readonly IdTokenClaims[];
};

/** Starts at 2026-11-22T04:00:00Z. */
export const start = Date.UTC(2026, 10, 22, 4);

export const openGiven = async (settings: Partial<HubSettings> = {}): Promise<Given> => {
  let now = start;
  const minted: IdTokenClaims[] = [];
  const hub = await openHub({
    repository: { owner: repo.owner, name: repo.repo, ownerId: 1001, id: 2002 },
    now: () => now,
    mintToken: (claims) => `jwt-${minted.push(claims)}`,
    settings,
  });
  const as = (permissions: Permissions): Github =>
    getOctokit(hub.issueToken(permissions).token, { baseUrl: hub.url });
  return {
    hub,
    github: as(everything),
    as,
    pass: (ms) => {
      now += ms;
    },
    minted,
  };
};

export const aRun = (overrides: Partial<RunRecord> = {}): RunRecord => ({
  id: 71,
  attempt: 1,
  name: 'Deploy fleet',
  event: 'workflow_dispatch',
  headSha: sha,
  status: 'in_progress',
  conclusion: null,
  ...overrides,
});

export const aJob = (overrides: Partial<JobRecord> = {}): JobRecord => ({
  id: 501,
  runId: 71,
  attempt: 1,
  name: 'wave 1 / chunk 1 / goldencrust / deploy to sit',
  status: 'in_progress',
  conclusion: null,
  startedAt: start,
  completedAt: undefined,
  steps: [],
  annotations: [],
  ...overrides,
});

export const aPull = {
  title: 'Add goldencrust',
  base: { ref: 'main', sha },
  head: { ref: 'goldencrust', sha: 'ab12'.repeat(10), repository: 'your-org/wp-sit' },
};
