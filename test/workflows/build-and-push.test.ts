// build-and-push.yml as a repository of Envelope calls it: the real files, plan-fleet's own bundle, STS and ECR of the sandbox
// under the role that infra/application-roles.yml makes. Docker's programs and the actions that drive them are stand-ins.
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HttpDoor, openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import type { Push, Registry } from '../../sandbox/github/actions/registry.ts';
import { openHub } from '../../sandbox/github/hub/hub.ts';
import type { Hub } from '../../sandbox/github/hub/types.ts';
import { type RunCall, type RunEnd, runWorkflow } from '../../sandbox/github/workflow/run.ts';
import { commitAll } from '../../sandbox/rehearsal-repository.ts';
import { deploy } from '../infra/application-deployed.ts';
import { createFixture, sit } from '../sandbox/fixture.ts';
import { git } from './kit.ts';

const root = resolve('.');
const accountId = '123456789012';
const host = `${accountId}.dkr.ecr.eu-west-2.amazonaws.com`;
const api = `${host}/envelope-api`;

let folder: string;
let sandbox: Sandbox;
let door: HttpDoor;
let hub: Hub;
const pushes: Push[] = [];
const ends: RunEnd[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-and-push-'));
  const fixture = createFixture({ platforms: [{ ...sit, accountId, region: 'eu-west-2' }] });
  ({ sandbox } = fixture);
  await deploy(sandbox);
  for (const name of ['api', 'tenant']) sandbox.neighbours.ecr.seedRepository(`envelope-${name}`);
  door = await openHttpDoor(sandbox, 0);
  hub = await openHub({
    repository: { owner: 'epactltd', name: 'api', ownerId: 12_345, id: 67_890 },
    now: fixture.clock.now,
    mintToken: sandbox.mintToken,
    compare: () => 'identical',
  });
  await layBundle(join(folder, 'bundle'));
  await layRepository('infra', (own) => cp('examples/envelope', join(own, 'fleet'), { recursive: true }));
  await layRepository('api', async (own) => {
    await cp('examples/workflows', join(own, '.github/workflows'), { recursive: true });
    await appendFile(join(own, '.github/workflows/build-and-push.yml'), tell);
    await writeFile(join(own, 'Dockerfile'), 'FROM php:8.4-cli\nCOPY . /app\n');
  });
});
afterAll(async () => {
  await hub?.close();
  await door?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A job after the example's own, which reads what that gives. */
const tell = `  told:
    name: tell
    needs: image
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions: {}
    steps:
      - env:
          IMAGE: \${{ needs.image.outputs.image }}
          DIGEST: \${{ needs.image.outputs.digest }}
          TAG: \${{ needs.image.outputs.tag }}
        run: echo "$IMAGE $DIGEST $TAG"
`;

const layBundle = async (bundle: string): Promise<void> => {
  await cp(join(root, '.github/workflows'), join(bundle, '.github/workflows'), { recursive: true });
  await mkdir(join(bundle, 'actions/plan-fleet'), { recursive: true });
  for (const name of ['action.yml', 'dist'])
    await symlink(join(root, 'actions/plan-fleet', name), join(bundle, 'actions/plan-fleet', name));
};

const layRepository = async (name: string, fill: (own: string) => Promise<void>): Promise<void> => {
  const own = join(folder, name);
  await mkdir(own);
  git(own, 'init', '--quiet', '--initial-branch=main');
  await fill(own);
  commitAll(own, 'Begin');
};

const head = (): string => git(join(folder, 'api'), 'rev-parse', 'HEAD');

/** ECR's own registry, which asks IAM about the session that logged in. */
const registry: Registry = {
  push: (push) => {
    pushes.push(push);
    const { ecr, iam } = sandbox.neighbours;
    if (push.host !== host) throw new Error(`no such host: ${push.host}`);
    if (push.login.username !== 'AWS' || !push.login.password) throw new Error('401 Unauthorized');
    for (const action of [
      'BatchCheckLayerAvailability',
      'InitiateLayerUpload',
      'UploadLayerPart',
      'CompleteLayerUpload',
      'PutImage',
    ])
      if (
        !iam.allows({
          roleArn: `arn:aws:iam::${accountId}:role/envelope-prod-images`,
          action: `ecr:${action}`,
          resource: `arn:aws:ecr:eu-west-2:${accountId}:repository/${push.repository}`,
        })
      )
        throw new Error(`403 Forbidden: ecr:${action}`);
    return ecr.push(push);
  },
  has: ({ host: at, repository, tag }) => sandbox.neighbours.ecr.holds(`${at}/${repository}:${tag}`) === true,
};

type Given = { readonly inputs?: Readonly<Record<string, string>>; readonly more?: Partial<RunCall> };

const start = async (workflow: string, { inputs = {}, more = {} }: Given = {}): Promise<RunEnd> => {
  pushes.splice(0);
  const end = await runWorkflow({
    hub,
    repository: { folder: join(folder, 'api'), sha: head(), ref: 'refs/heads/main' },
    repositories: {
      'your-org/tenant-actions': join(folder, 'bundle'),
      'epactltd/infra': join(folder, 'infra'),
    },
    workflow: `.github/workflows/${workflow}`,
    event: { name: 'workflow_dispatch', payload: {}, inputs },
    env: { AWS_ENDPOINT_URL: door.endpoint },
    secrets: { MANIFESTS_TOKEN: 'a-token-for-the-manifests' },
    environments: { prod: { protected: true }, 'prod-envelope': { protected: false } },
    approve: async () => 'approved',
    runners: 4,
    registry,
    ...more,
  });
  ends.push(end);
  return end;
};

const linesOf = ({ jobs }: RunEnd): string => jobs.flatMap(({ lines }) => lines).join('\n');
const conclusions = ({ jobs }: RunEnd) => Object.fromEntries(jobs.map((job) => [job.name, job.conclusion]));
const errorsIn = (end: RunEnd): string =>
  end.jobs.flatMap(({ annotations }) => annotations.map(({ message }) => message)).join('\n');

/** The example with other inputs for the workflow that it calls. */
const callWith = async (change: (text: string) => string): Promise<string> => {
  const own = join(folder, 'api');
  const text = await readFile(join(own, '.github/workflows/build-and-push.yml'), 'utf8');
  await writeFile(join(own, '.github/workflows/changed.yml'), change(text));
  commitAll(own, 'Change');
  return 'changed.yml';
};

describe('the example', () => {
  test('pushes the commit’s image and the moving tag after approval, and tells the caller', async () => {
    const gates: string[] = [];
    const approve: RunCall['approve'] = async ({ environment, job }) => {
      gates.push(`${environment}: ${job}`);
      return 'approved';
    };
    const end = await start('build-and-push.yml', { more: { approve } });
    expect([errorsIn(end), conclusions(end)]).toEqual([
      '',
      {
        'image / plan': 'success',
        'image / approve latest of api': 'success',
        'image / build api': 'success',
        tell: 'success',
      },
    ]);
    expect(gates).toEqual(['prod: image / approve latest of api']);
    const [image] = sandbox.neighbours.ecr
      .images('envelope-api')
      .filter(({ tags }) => tags.includes('latest'));
    expect(image?.tags.toSorted()).toEqual([head(), 'latest'].toSorted());
    const told = end.jobs.find(({ name }) => name === 'tell')?.lines ?? [];
    expect(told).toContain(`${api}@${image?.digest} ${image?.digest} ${head()}`);
    const { summary = '' } = end.jobs.find(({ name }) => name === 'image / build api') ?? {};
    expect(summary).toContain(String(image?.digest));
  }, 60_000);

  test('asked for exactly this: the repository’s registry, both tags, its own cache with all layers', async () => {
    const end = await start('build-and-push.yml');
    expect(pushes.map(({ host: at, repository, tags }) => [at, repository, tags])).toEqual([
      [host, 'envelope-api', [head(), 'latest']],
      [host, 'envelope-api', ['buildcache']],
    ]);
    expect(linesOf(end)).toContain(`importing cache manifest from ${api}:buildcache`);
    expect(linesOf(end)).toContain(`exporting cache to registry ${api}:buildcache, mode max`);
    expect(pushes[0]?.contents).toContain('FROM php:8.4-cli');
    expect(pushes[0]?.contents).toContain(`org.opencontainers.image.revision=${head()}`);
    expect(pushes[0]?.contents).toContain('linux/amd64');
    expect(pushes[0]?.contents).toMatch(
      /^\.github\/workflows\/build-and-push\.yml sha256:|^Dockerfile sha256:/m,
    );
  }, 60_000);

  test('took the role for images, by the job’s own token, and asked that registry for a login', async () => {
    const from = sandbox.calls.length;
    const { id } = await start('build-and-push.yml');
    const asked = sandbox.calls
      .slice(from)
      .map(({ service, operation, input }) => ({ service, operation, input }));
    expect(asked).toMatchObject([
      {
        service: 'sts',
        operation: 'AssumeRoleWithWebIdentity',
        input: {
          RoleArn: `arn:aws:iam::${accountId}:role/envelope-prod-images`,
          RoleSessionName: `images-${id}-1`,
        },
      },
      { service: 'ecr', operation: 'GetAuthorizationToken', input: { registryIds: [accountId] } },
    ]);
    expect(sandbox.calls.slice(from).map(({ errorCode }) => errorCode)).toEqual([undefined, undefined]);
  }, 60_000);

  test('a refused gate moves nothing, and builds nothing', async () => {
    const end = await start('build-and-push.yml', { more: { approve: async () => 'rejected' } });
    expect(conclusions(end)).toMatchObject({ 'image / approve latest of api': 'failure', tell: 'skipped' });
    expect(end.conclusion).toBe('failure');
    expect(pushes).toEqual([]);
  }, 60_000);

  test('a tag of its own is approved too: it may be one that is deployed by', async () => {
    const gates: string[] = [];
    const workflow = await callWith((text) => text.replace(/moving-tag: .*inputs.*\n/, 'tag: latest\n'));
    const approve: RunCall['approve'] = async ({ job }) => {
      gates.push(job);
      return 'rejected';
    };
    await start(workflow, { more: { approve } });
    expect(gates).toEqual(['image / approve latest of api']);
    expect(pushes).toEqual([]);
  }, 60_000);

  test('under the commit alone nobody is asked', async () => {
    const workflow = await callWith((text) => text.replace(/moving-tag: .*inputs.*\n/, 'tag: ""\n'));
    const end = await start(workflow, { more: { approve: async () => 'rejected' } });
    expect([errorsIn(end), conclusions(end)]).toMatchObject([
      '',
      { 'image / build api': 'success', tell: 'success' },
    ]);
    expect(pushes[0]?.tags).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
  }, 60_000);
});

const changes: readonly (readonly [what: string, from: string | RegExp, to: string, said: RegExp])[] = [
  [
    'an image that the manifest does not have',
    'image: api',
    'image: app',
    /envelope has no image 'app'; it has api, tenant, hq/,
  ],
  ['a tag that is none', /moving-tag: \$.*/, 'moving-tag: "a b"', /'a b' is no tag for an image/],
  ['the tag of the layers', /moving-tag: \$.*/, 'tag: buildcache', /buildcache holds the layers/],
];

describe('before anybody is asked it refuses', () => {
  test.each(changes)(
    '%s',
    async (_, from, to, said) => {
      const workflow = await callWith((text) => text.replace(from, to));
      const asked: string[] = [];
      const approve: RunCall['approve'] = async ({ job }) => {
        asked.push(job);
        return 'approved';
      };
      const end = await start(workflow, { more: { approve } });
      expect(errorsIn(end)).toMatch(said);
      expect([asked, pushes]).toEqual([[], []]);
    },
    60_000,
  );
});

describe('it fails, and pushes nothing,', () => {
  test('where the role does not trust the caller', async () => {
    await deploy(sandbox, { GitHubRepositories: 'epactltd/hq', GitHubRepositoryIds: '67892' });
    const end = await start('build-and-push.yml');
    await deploy(sandbox);
    expect(errorsIn(end)).toMatch(/Could not assume role with OIDC: Not authorized/);
    expect(pushes).toEqual([]);
  }, 60_000);

  test('with a role of another account', async () => {
    const role = 'arn:aws:iam::999999999999:role/envelope-prod-images';
    const workflow = await callWith((text) =>
      text.replace('image: api', `image: api\n      role-to-assume: ${role}`),
    );
    const end = await start(workflow);
    expect(errorsIn(end)).toMatch(/Could not assume role/);
    expect(pushes).toEqual([]);
  }, 60_000);

  test('without a Dockerfile where it is looked for', async () => {
    const workflow = await callWith((text) =>
      text.replace('image: api', 'image: api\n      context: docker'),
    );
    const end = await start(workflow);
    expect(errorsIn(end)).toMatch(/failed to read dockerfile/);
    expect(pushes).toEqual([]);
  }, 60_000);

  test('in a repository of ECR that is not there', async () => {
    const workflow = await callWith((text) => text.replace('image: api', 'image: hq'));
    const end = await start(workflow);
    expect(errorsIn(end)).toMatch(/'envelope-hq' does not exist/);
  }, 60_000);
});

test('a cache that cannot be written fails no build', async () => {
  const immutable: Registry = {
    ...registry,
    push: (push) => {
      if (push.tags.includes('buildcache')) throw new Error('tag is immutable');
      return registry.push(push);
    },
  };
  const end = await start('build-and-push.yml', { more: { registry: immutable } });
  expect(end.conclusion).toBe('success');
  expect(linesOf(end)).toContain('the cache was not exported: tag is immutable');
}, 60_000);

test('no key, token or password is in any line, output, summary or annotation', () => {
  expect(ends.length).toBeGreaterThan(8);
  const all = JSON.stringify([ends, hub.snapshot(), ends.map(({ id }) => hub.jobsOf(id))]);
  expect(all).toContain('envelope-api');
  expect(all).not.toMatch(/not-a-real-registry-token|eyJ[\w-]{10}|ASIA[A-Z0-9]{8}|a-token-for-the-manifests/);
});
