// A rollout that was overtaken takes no tenant back, with GitHub's API in a box.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Compare } from '../../../sandbox/github/hub/types.ts';
import { planOf } from '../../../src/shared/fleet/rollout-plan.ts';
import type { Environment } from '../../../src/shared/fleet/types.ts';
import { admit } from '../../../src/shared/rollout/admit.ts';
import { reportTenant, type TenantMark } from '../../../src/shared/rollout/tenant-status.ts';
import { openStage, type Stage } from './kit.ts';

const named = (start: string): string => start.padEnd(40, '0');
/** Main, the oldest first. */
const [oldest, own, newer, newest] = ['01', 'a1', 'b2', 'c3'].map(named) as [string, string, string, string];
const main = [oldest, own, newer, newest];
const side = named('d4');
const gone = named('e5');

/** A branch that left main at its oldest commit. */
const compare: Compare = (base, head) => {
  if (base === gone || head === gone) return undefined;
  if (base === side || head === side) return 'diverged';
  const way = main.indexOf(head) - main.indexOf(base);
  if (way === 0) return 'identical';
  return way > 0 ? 'ahead' : 'behind';
};

const rollout = (commit: string): string => {
  const environment = {
    name: 'sit',
    github: { approval: 'sit', deployment: 'sit-tenants' },
    rollout: { onFailure: 'stop' },
  } as Environment;
  const pace = { soakMinutes: 0, maxConcurrency: 1, failureBudget: { kind: 'count', count: 0 } } as const;
  const plan = planOf(environment, commit, [{ name: 'pilot', tenants: ['goldencrust'], ...pace }]);
  if (plan.kind === 'problems') throw new Error('no plan');
  return JSON.stringify(plan.rollout);
};

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ compare });
});
afterEach(() => stage.hub.close());

const given = {
  fleet: 'fleet',
  environment: 'sit',
  tenant: 'goldencrust',
  token: 't',
  timeoutMinutes: 5,
} as const;
const ask = (commit: string, world = stage.world) => admit({ ...given, rollout: rollout(commit) }, world);

let runs = 100;
/** A run of its own that leaves these marks; answers its id. */
const left = async (commit: string, marks: readonly TenantMark[], over: object = {}): Promise<string> => {
  runs += 1;
  const id = String(runs);
  const world = stage.as({ run: { id, sha: commit } });
  for (const state of marks) await reportTenant({ ...given, state, ...over }, world);
  return id;
};
const healthy = ['in_progress', 'success'] as const;
const failed = ['in_progress', 'failure'] as const;

const asked = async (act: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = stage.hub.requests.length;
  await act();
  return stage.hub.requests.slice(before).map(({ route }) => route.replace(/.*\{repo\}\//, ''));
};

describe('a rollout that was overtaken', () => {
  test('is refused, with both commits and the run', async () => {
    await left(oldest, healthy);
    const run = await left(newer, healthy);
    const error = await ask(own).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringContaining(
        `Not started: goldencrust was deployed from b200000 by run ${run}, which is newer than this rollout's a100000.`,
      ),
    });
    expect(String(error)).toContain('Start a rollout of the newer commit');
  });

  test('is refused though a newer deployment still runs, failed or was cancelled', async () => {
    await left(newer, healthy);
    await left(newest, failed);
    await left(newest, ['in_progress', 'cancelled']);
    await left(newest, ['in_progress']);
    await expect(ask(own)).rejects.toThrow('was deployed from b200000');
  });

  test('does not make again what a teardown removed', async () => {
    await left(own, healthy);
    const run = await left(newer, ['removed']);
    await expect(ask(own)).rejects.toThrow(
      `Not started: goldencrust was removed from b200000 by run ${run}, which is newer`,
    );
  });

  test('takes what a later success made inactive for no teardown', async () => {
    const late = stage.as({ run: { id: '50', sha: own } });
    await reportTenant({ ...given, state: 'in_progress' }, late);
    await left(newer, healthy);
    await reportTenant({ ...given, state: 'success' }, late);
    const states = stage.hub.snapshot().deployments.map(({ statuses }) => statuses.at(-1)?.state);
    expect(states).toEqual(['success', 'inactive']);
    await expect(ask(own)).rejects.toThrow('was deployed from b200000');
  });

  test('is refused though its own commit was deployed before the newer one', async () => {
    await left(own, healthy);
    await left(newer, healthy);
    await expect(ask(own)).rejects.toThrow('Not started');
    expect(await ask(newer)).toContain('may start');
  });
});

describe('a rollout that was not overtaken', () => {
  test('starts where the tenant was never deployed, or elsewhere only', async () => {
    await left(newest, healthy, { tenant: 'tenant1' });
    expect(await ask(own)).toContain('goldencrust may start');
  });

  test('costs one request more for the same commit, two for an older one', async () => {
    await left(own, healthy);
    expect(await asked(() => ask(own))).toEqual(['deployments']);
    expect(await asked(() => ask(newer))).toEqual(['deployments', 'compare/{basehead}']);
    expect(stage.warnings).toEqual([]);
  });

  test.each([
    ['failed', failed],
    ['was cancelled', ['in_progress', 'cancelled']],
    ['still runs', ['in_progress']],
  ] as const)('starts where a newer deployment %s', async (_, marks) => {
    await left(own, healthy);
    await left(newer, marks);
    expect(await ask(own)).toContain('may start');
    expect(stage.warnings).toEqual([]);
  });

  test('starts where newer deployments failed and none ever succeeded', async () => {
    await left(newer, failed);
    await left(newest, failed);
    expect(await ask(own)).toContain('may start');
  });

  test('starts where somebody made a failed newer deployment inactive', async () => {
    await left(newer, failed);
    const github = await stage.world.github('t');
    await github.rest.repos.createDeploymentStatus({
      owner: 'your-org',
      repo: 'wpsit',
      deployment_id: stage.hub.snapshot().deployments[0]?.id ?? 0,
      state: 'inactive',
    });
    expect(await ask(own)).toContain('may start');
  });

  test('makes again what an older commit removed', async () => {
    await left(own, ['removed']);
    expect(await ask(own)).toContain('may start');
    expect(await ask(newer)).toContain('may start');
  });

  test('starts beside deployments that others made', async () => {
    const github = await stage.world.github('t');
    for (const payload of [{}, { commit: '../../issues' }, 'text'])
      await github.rest.repos.createDeployment({
        owner: 'your-org',
        repo: 'wpsit',
        ref: newest,
        environment: 'sit/goldencrust',
        required_contexts: [],
        payload,
      });
    expect(await ask(own)).toContain('may start');
  });
});

describe('where nobody can tell', () => {
  test('a branch: starts with a warning that names both', async () => {
    const run = await left(side, healthy);
    expect(await ask(own)).toContain('may start');
    expect(stage.warnings.join()).toMatch(new RegExp(`d400000 by run ${run}; neither .* a100000 holds`));
  });

  test('a commit that is gone: starts with a warning that names both', async () => {
    const run = await left(gone, healthy);
    expect(await ask(own)).toContain('may start');
    expect(stage.warnings.join()).toMatch(new RegExp(`e500000 by run ${run}; .* force push.* a100000`));
  });

  test('a branch whose deployment failed says nothing', async () => {
    await left(newer, healthy);
    await left(side, failed);
    await expect(ask(own)).rejects.toThrow('was deployed from b200000');
    expect(stage.warnings).toEqual([]);
  });

  test('GitHub refuses: not started, with what is missing', async () => {
    await left(newer, healthy);
    const blind = stage.as({ rights: { actions: 'read', deployments: 'read' } });
    await expect(ask(own, blind)).rejects.toThrow('`contents: read`');
    await expect(ask(own, stage.as({ rights: { contents: 'read' } }))).rejects.toThrow('`deployments: read`');
    stage.hub.faults.arm({
      route: 'GET /repos/{owner}/{repo}/compare/{basehead}',
      effect: { kind: 'status', status: 502 },
    });
    await expect(ask(own)).rejects.toThrow('could not compare two commits: HTTP 502');
  });
});
