// What people see of a plan on GitHub: one comment on a pull request, one issue for an environment.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openHub } from '../../sandbox/github/hub/hub.ts';
import type { Hub, HubSettings, Permissions } from '../../sandbox/github/hub/types.ts';
import type { World } from '../../src/shared/world.ts';
import { openGithub } from '../../src/shared/world-github.ts';
import { createLab, type Given, type Lab } from '../lab.ts';
import { provisionAll, runPlanFleet, without } from './plan-fleet-kit.ts';

const pilot = 'examples/wpsit/tenants/goldencrust.yml';
const sit = 'examples/wpsit/environments/sit.yml';
const sha = 'ab12'.repeat(10);
const opened: Hub[] = [];
afterEach(async () => {
  for (const hub of opened.splice(0)) await hub.close();
});

type Scene = {
  readonly hub: Hub;
  readonly lab: Lab;
  readonly world: World;
  readonly pull: number;
  readonly plan: (given?: Given, world?: World) => Promise<Readonly<Record<string, string>>>;
};

type Options = { readonly permissions?: Permissions; readonly settings?: Partial<HubSettings> };

const openScene = async ({ permissions, settings = {} }: Options = {}): Promise<Scene> => {
  const lab = await createLab();
  const hub = await openHub({
    repository: { owner: 'your-org', name: 'wpsit', ownerId: 1, id: 2 },
    now: lab.clock.now,
    mintToken: () => 'none',
    settings,
  });
  opened.push(hub);
  const pull = hub.openPull({
    title: 'Add a tenant',
    base: { ref: 'main', sha },
    head: { ref: 'add', sha, repository: 'your-org/wpsit' },
  });
  const event = JSON.stringify({ pull_request: { number: pull, head: { sha } } });
  const { files, clock, log, random, run } = lab.world;
  const world: World = {
    ...lab.world,
    github: openGithub({ env: { GITHUB_API_URL: hub.url }, clock, log, random }),
    files: { ...files, read: async (path) => (path === 'event.json' ? event : files.read(path)) },
    run: { ...run, event: 'pull_request', eventPath: 'event.json', url: 'https://github.com/run/1' },
  };
  const { token } = hub.issueToken(permissions ?? { issues: 'write', 'pull-requests': 'write' });
  const plan: Scene['plan'] = (given = {}, other = world) =>
    runPlanFleet(other, { mode: 'plan', environment: 'sit', token, ...given });
  return { hub, lab, world, pull, plan };
};

const comments = ({ hub }: Scene) => hub.snapshot().comments;

describe('comment', () => {
  test('two runs leave one comment, and it is the newer plan', async () => {
    const scene = await openScene();
    await scene.plan({ comment: 'true' });
    expect(comments(scene)).toMatchObject([{ issue: scene.pull }]);
    const [first] = comments(scene);
    expect(first?.body).toContain('13 tenants will be created');
    await provisionAll(scene.lab, ['goldencrust']);
    await scene.plan({ comment: 'true' });
    expect(comments(scene)).toMatchObject([{ id: first?.id }]);
    expect(comments(scene)[0]?.body).toContain('12 tenants will be created');
  });

  test('it is found behind any number of others, a page at a time', async () => {
    const scene = await openScene({ settings: { pageSize: 1 } });
    const { hub, world, pull } = scene;
    const { token } = hub.issueToken({ 'pull-requests': 'write' });
    const github = await world.github(token);
    for (const body of ['one', 'quoted: <!-- tenant-actions plan-fleet', 'three'])
      await github.rest.issues.createComment({ owner: 'your-org', repo: 'wpsit', issue_number: pull, body });
    await scene.plan({ comment: 'true' });
    await scene.plan({ comment: 'true' });
    expect(comments(scene).map(({ body }) => body.slice(0, 6))).toEqual(['one', 'quoted', 'three', '<!-- t']);
  });

  test('plans of different environments each have their own', async () => {
    const scene = await openScene();
    scene.lab.edit('examples/wpsit/tenants/devsite.yml', 'name: devsite\nenvironments:\n  dev: {}\n');
    await scene.plan({ comment: 'true' });
    await expect(scene.plan({ comment: 'true', environment: '' })).rejects.toThrow(/536580886816/);
    expect(comments(scene)).toHaveLength(2);
    const [, all] = comments(scene);
    expect(all?.body).toContain('## Plan for dev\n\n❌');
    expect(all?.body).toContain('## Plan for sit\n\n**13 tenants');
  });

  test.each([['lose'], ['reset']] as const)(
    'a request that is cut off (%s) leaves one comment',
    async (kind) => {
      const scene = await openScene();
      scene.hub.faults.arm({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        effect: { kind },
      });
      await scene.plan({ comment: 'true' });
      expect(comments(scene)).toHaveLength(1);
    },
  );

  test("a fork's token is a warning that says what is missing; the plan itself is done", async () => {
    const scene = await openScene({ permissions: { 'pull-requests': 'read', issues: 'read' } });
    const said = await scene.plan({ comment: 'true' });
    expect(said.summary).toContain('13 tenants will be created');
    expect(comments(scene)).toEqual([]);
    expect(scene.lab.lines.join('\n')).toMatch(
      /could not comment on pull request #1.*403[\s\S]*pull-requests: write/,
    );
  });

  test('without a pull request there is none, and the log says so', async () => {
    const scene = await openScene();
    const push = { ...scene.world, run: { ...scene.world.run, event: 'push' } };
    await scene.plan({ comment: 'true' }, push);
    expect(comments(scene)).toEqual([]);
    expect(scene.lab.lines.join('\n')).toContain("Not commented: the run's event is push");
  });

  test('broken manifests take the place of the plan that no longer holds', async () => {
    const scene = await openScene();
    await scene.plan({ comment: 'true' });
    scene.lab.edit(pilot, `${readFileSync(pilot, 'utf8')}replicas: 3\n`);
    await expect(scene.plan({ comment: 'true' })).rejects.toThrow(/replicas/);
    expect(comments(scene)).toHaveLength(1);
    expect(comments(scene)[0]?.body).toMatch(
      /❌ No plan: the manifests have problems[\s\S]*### .*goldencrust\.yml/,
    );
  });

  test('it never passes what GitHub takes', async () => {
    const scene = await openScene();
    for (let number = 1; number <= 150; number++)
      scene.lab.edit(`examples/wpsit/tenants/many${number}.yml`, manyTenant(number));
    const names = Array.from({ length: 150 }, (_, index) => `many${index + 1}`).join(', ');
    const text = readFileSync(sit, 'utf8');
    scene.lab.edit(sit, `${text}  - name: many\n    tenants: [${names}]\n`);
    await scene.plan({ comment: 'true' });
    const [only] = comments(scene);
    expect(only?.body.length).toBeLessThan(65_536);
    expect(only?.body).toContain('163 tenants will be created');
  });
});

const manyTenant = (number: number): string => `name: many${number}\nenvironments:\n  sit: {}\n`;

describe('issue', () => {
  const issues = ({ hub }: Scene) => hub.snapshot().issues;

  test('one is opened, edited while AWS differs, and closed when it does not any more', async () => {
    const scene = await openScene();
    const some = without(scene.world, ...(await othersThan(scene.world, 'goldencrust', 'tenant1')));
    scene.lab.edit(sit, onlyWaves(['goldencrust', 'tenant1']));
    const drift = () => scene.plan({ issue: 'true' }, { ...some, run: { ...some.run, event: 'schedule' } });
    await drift();
    expect(issues(scene)).toMatchObject([
      { state: 'open', title: 'sit differs from its manifests: 2 tenants' },
    ]);
    const [first] = issues(scene);
    await provisionAll({ ...scene.lab, run: (name, given) => scene.lab.runIn(some, name, given ?? {}) }, [
      'goldencrust',
    ]);
    await drift();
    expect(issues(scene)).toMatchObject([
      { number: first?.number, title: 'sit differs from its manifests: 1 tenant' },
    ]);
    await provisionAll({ ...scene.lab, run: (name, given) => scene.lab.runIn(some, name, given ?? {}) }, [
      'tenant1',
    ]);
    await drift();
    expect(issues(scene)).toMatchObject([{ number: first?.number, state: 'closed' }]);
    expect(comments(scene)).toMatchObject([{ issue: first?.number }]);
    expect(comments(scene)[0]?.body).toContain('Nothing differs any more');
    await drift();
    expect(issues(scene)).toHaveLength(1);
    expect(comments(scene)).toHaveLength(1);
  });

  test('a request whose answer is lost leaves one issue', async () => {
    const scene = await openScene();
    scene.hub.faults.arm({ route: 'POST /repos/{owner}/{repo}/issues', effect: { kind: 'lose' } });
    await scene.plan({ issue: 'true' });
    expect(issues(scene)).toHaveLength(1);
  });

  test('a token without the right fails the step and names the permission', async () => {
    const scene = await openScene({ permissions: { issues: 'read' } });
    await expect(scene.plan({ issue: 'true' })).rejects.toThrow(/issue about sit[\s\S]*issues: write/);
  });

  test('is not for a part of an environment', async () => {
    const scene = await openScene();
    await expect(scene.plan({ issue: 'true', tenants: 'goldencrust' })).rejects.toThrow(/whole environment/);
    expect(issues(scene)).toEqual([]);
  });
});

const onlyWaves = (tenants: readonly string[]): string =>
  readFileSync(sit, 'utf8').replace(
    /\nwaves:[\s\S]*/,
    `\nwaves:\n  - name: all\n    tenants: [${tenants.join(', ')}]\n`,
  );

const othersThan = async ({ files }: World, ...kept: readonly string[]): Promise<readonly string[]> =>
  (await files.list('examples/wpsit')).filter(
    (path) => path.includes('/tenants/') && !kept.some((name) => path.endsWith(`/${name}.yml`)),
  );
