// `npm run rehearse`, as a person starts it: mistakes are told once and leave nothing, a tenant goes in under the fleet's
// own role names, and Ctrl-C ends everything within seconds.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(120_000);

let folder = '';
let temporary = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearsals-'));
  temporary = mkdtempSync(join(folder, 'tmp-'));
  cpSync('examples/workflows', join(folder, 'workflows'), { recursive: true });
  cpSync('examples/wpsit', join(folder, 'fleet'), { recursive: true });
});
afterEach(() => {
  expect(readdirSync(temporary)).toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string): string => {
  writeFileSync(join(folder, path), text);
  return join(folder, path);
};

type End = { readonly code: unknown; readonly lines: readonly string[]; readonly tookMs: number };
type Watch = (line: string, child: ChildProcess) => void;

/** A process of its own, whose temporary files all lie in `temporary`. */
const start = async (script: string, args: readonly string[], watch: Watch = () => {}): Promise<End> => {
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: temporary };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const started = Date.now();
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      watch(line, child);
    });
  const [code] = await once(child, 'close');
  return { code, lines, tookMs: Date.now() - started };
};

const rehearse = (args: readonly string[], watch?: Watch): Promise<End> =>
  start('scripts/rehearse.ts', args, watch);

const dispatch = (inputs: object): string =>
  JSON.stringify({ name: 'workflow_dispatch', inputs: { environment: 'sit', ...inputs } });

type Given = { readonly workflow?: string; readonly event?: string; readonly fleet?: string };

const releaseOf = (more: readonly string[] = [], workflow = 'release-envelope'): readonly string[] => [
  ...['--fleet', 'examples/envelope', '--workflow', `examples/workflows/${workflow}.yml`],
  ...['--event', `examples/events/${workflow}.json`, '--speed', '60', ...more],
];

const argumentsOf = ({
  workflow = 'deploy-tenant.yml',
  event,
  fleet = 'fleet',
}: Given): readonly string[] => [
  ...['--fleet', join(folder, fleet), '--workflow', join(folder, 'workflows', workflow)],
  ...['--event', write('event.json', event ?? dispatch({ tenant: 'goldencrust' })), '--speed', '60'],
];

/** What is said before the usage. */
const said = ({ lines }: End): string => (lines.join('\n').split('\n\nUsage:')[0] ?? '').trim();

const job = (step: string): string =>
  `on: workflow_dispatch\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${step}`;

describe('a mistake is one clear message, and nothing is left', () => {
  test('on the command line: all at once, with the usage', async () => {
    const end = await rehearse(['--fleet', 'nope', '--event', folder, '--speed', 'fast', '--colour', 'red']);
    expect(end.code).toBe(1);
    expect(said(end).split('\n')).toEqual([
      '--colour is not known.',
      "'red' is not expected.",
      '--fleet nope: there is no such folder.',
      '--workflow is missing: give the path of a file.',
      `--event ${folder} is a folder: give a file.`,
      '--speed fast: give a number from 1 to 1000.',
    ]);
    expect(end.lines.join('\n')).toContain('Usage: npm run rehearse');
  });

  test('--help shows the usage and is no mistake', async () => {
    const { code, lines } = await rehearse(['--help']);
    expect([code, lines[0]]).toEqual([0, expect.stringContaining('Usage: npm run rehearse')]);
  });

  const strange = 'no-such/action@v1';
  test.each<[string, Given, RegExp]>([
    ['an event that is no JSON', { event: '{"name": nope' }, /^--event \S+ is not an event: .*JSON$/],
    ['an event of another shape', { event: '{"nme": 1}' }, /is not an event: .*"nme"/],
    [
      'an event without a choice',
      { event: '{"name":"release"}' },
      /^--environment is missing: .*dev, prod, sit/,
    ],
    ['a workflow that is not there', { workflow: 'nope.yml' }, /^--workflow \S+: there is no such file\.$/],
    ['another event', { event: dispatch({}).replace('workflow_dispatch', 'push') }, /the event is push$/],
    [
      'an unknown input',
      { event: dispatch({ tenant: 'a', colour: 'red' }) },
      /^Unexpected inputs.*: colour$/,
    ],
    ['an input left out', { event: dispatch({}) }, /^Required input 'tenant' not provided$/],
    ['an unknown environment', { event: dispatch({ environment: 'moon' }) }, /no environment 'moon'.*sit\.$/],
    ['an unknown action', { workflow: 'strange.yml', event: dispatch({}) }, /Line: 6.*no-such\/action/],
    ['a broken file', { workflow: 'broken.yml', event: dispatch({}) }, /^\.github\/workflows\/broken\.yml/],
    ['a broken fleet', { fleet: 'broken' }, /tenants\/tenant1\.yml:\d+:\d+: .*replicas/],
  ])('%s', async (_, given, message) => {
    write('workflows/strange.yml', job(`      - uses: ${strange}\n`));
    write('workflows/broken.yml', 'on: [workflow_dispatch\n');
    cpSync(join(folder, 'fleet'), join(folder, 'broken'), { recursive: true });
    appendFileSync(join(folder, 'broken/tenants/tenant1.yml'), 'replicas: 3\n');
    const end = await rehearse(argumentsOf(given));
    expect(end.code).toBe(1);
    expect(said(end)).toMatch(message);
    expect(end.lines.filter((line) => /^\s+at |node:internal/.test(line))).toEqual([]);
  });
});

describe('of an application', () => {
  test.each<[string, readonly string[], RegExp]>([
    [
      'that is not there',
      releaseOf(['--application', 'app']),
      /^There is no application app in .*: envelope\.$/,
    ],
    [
      'in an environment that it has not',
      releaseOf(['--environment', 'dev']),
      /^There is no environment dev of envelope\..*prod\.$/,
    ],
    [
      'in a fleet of tenants',
      ['--fleet', 'examples/wpsit', ...releaseOf().slice(2), '--application', 'envelope'],
      /^--fleet examples\/wpsit holds no applications\/NAME\.yml, so no envelope\.$/,
    ],
    [
      'in a folder of something else',
      ['--fleet', 'examples/events', ...releaseOf().slice(2)],
      /^--fleet \S+ holds neither environments\/NAME\.yml nor applications\/NAME\.yml\.$/,
    ],
  ])('%s: said', async (_, args, message) => {
    const end = await rehearse(args);
    expect(end.code).toBe(1);
    expect(said(end)).toMatch(message);
  });

  test('a release ends with what became of pipelines and services', async () => {
    const end = await rehearse(releaseOf(['--application', 'envelope', '--environment', 'prod']));
    expect(end.lines.filter((line) => line.includes('ERROR'))).toEqual([]);
    expect([end.code, end.lines.at(-1)]).toEqual([
      0,
      'The run ended with success; AWS has 6 of 6 services running.',
    ]);
    expect(end.lines.filter((line) => /pipeline: Succeeded$/.test(line))).toHaveLength(3);
  });

  test('a release event of its repository finds the manifests where the workflow has them', async () => {
    const end = await rehearse(releaseOf([], 'release-api'));
    expect(end.lines.filter((line) => line.includes('ERROR'))).toEqual([]);
    expect(end.code).toBe(0);
    expect(end.lines.filter((line) => /^\S+-pipeline: /.test(line))).toEqual([
      'envelope-prod-api-pipeline: Succeeded',
      'envelope-prod-tenant-pipeline: not started',
      'envelope-prod-hq-pipeline: not started',
    ]);
    expect(end.lines.join('\n')).toContain('Checking out epactltd/infra');
  });

  test('a reviewer who rejects: nothing is started', async () => {
    const end = await rehearse(releaseOf(['--reject']));
    expect(end.code).toBe(1);
    expect(end.lines.filter((line) => /pipeline: not started$/.test(line))).toHaveLength(3);
  });
});

describe('npm run sandbox', () => {
  const sandbox = (args: readonly string[], watch?: Watch) => start('scripts/sandbox.ts', args, watch);
  const envelope = ['--port', '0', '--fleet', 'examples/envelope', '--environment', 'prod'];

  test('of an application: its services run, and one line says where', async () => {
    const end = await sandbox([...envelope, '--application', 'envelope'], (line, child) => {
      if (line.startsWith('{')) child.kill('SIGTERM');
    });
    expect(end.code).toBe(0);
    expect(JSON.parse(end.lines.find((line) => line.startsWith('{')) ?? '')).toMatchObject({
      region: 'eu-west-2',
      accountId: '123456789012',
    });
  });

  test('says what there is where the application was not named', async () => {
    const end = await sandbox(envelope);
    expect(end.lines).toEqual([
      "There is no environment 'prod' in examples/envelope. There are none, but applications, which --application names: envelope.",
    ]);
    expect(end.code).toBe(1);
  });
});

const roles = `
roles:
  plan: tenants-reader
  deploy: tenants-writer
  database: tenants-writer
  rollback: tenants-writer
`;

test("a tenant goes in under roles of the fleet's own names, and it says whose policies they have", async () => {
  cpSync(join(folder, 'fleet'), join(folder, 'own'), { recursive: true });
  appendFileSync(join(folder, 'own/environments/sit.yml'), roles);
  const end = await rehearse(argumentsOf({ fleet: 'own' }));
  expect(end.lines.filter((line) => line.includes('ERROR'))).toEqual([]);
  expect(end.lines.at(-1)).toBe('The run ended with success; AWS has 1 healthy tenant.');
  expect(end.code).toBe(0);
  expect(end.lines.join('\n')).toContain(
    'The role tenants-reader is rehearsed with what infra/github-roles.yml gives sit-tenants-plan for the phase plan',
  );
  expect(end.lines.filter((line) => line.startsWith('The role tenants-writer'))).toHaveLength(3);
});

/** The processes below one, however deep. */
const descendants = (root: number): readonly number[] => {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): readonly number[] =>
    pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(root);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('Ctrl-C ends it within seconds, and no process and no file is left', () => {
  const stubborn = "trap '' INT TERM; echo started; sleep 300 & wait; sleep 300";
  const deaf = job(`      - run: ${stubborn}\n      - if: always()\n        run: sleep 300\n`);
  const cut = async (script: string, args: readonly string[], when: RegExp, signal: NodeJS.Signals) => {
    let below: readonly number[] = [];
    let sentAt = 0;
    const end = await start(script, args, (line, child) => {
      if (sentAt || !when.test(line)) return;
      sentAt = Date.now();
      below = descendants(child.pid ?? 0);
      child.kill(signal);
    });
    return { end, below, tookMs: Date.now() - sentAt };
  };

  test.each<[string, string, Given, RegExp, NodeJS.Signals]>([
    ['while a tenant is deployed', 'rehearse', {}, /Database, user and grant/, 'SIGINT'],
    ['while a step will not listen', 'rehearse', { workflow: 'deaf.yml' }, /started/, 'SIGTERM'],
    ['in the demo', 'demo', {}, /━━ 1\. A pull request/, 'SIGINT'],
  ])('%s', async (_, script, given, when, signal) => {
    write('workflows/deaf.yml', deaf);
    const event = given.workflow ? dispatch({}).replace(/"inputs".*/, '"inputs":{}}') : undefined;
    const more = event ? ['--environment', 'sit'] : [];
    const args =
      script === 'demo' ? [] : [...argumentsOf({ ...given, ...(event ? { event } : {}) }), ...more];
    const { end, below, tookMs } = await cut(`scripts/${script}.ts`, args, when, signal);
    expect(end.lines.at(-1)).toBe(`Stopped by ${signal}.`);
    expect(end.code).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(tookMs).toBeLessThan(12_000);
    expect(below.length).toBeGreaterThan(0);
    expect(below.filter(isAlive)).toEqual([]);
  });

  test('before anything has started', async () => {
    let sent = false;
    const args = argumentsOf({});
    const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: temporary };
    const child = spawn(process.execPath, ['scripts/rehearse.ts', ...args], { env, stdio: 'ignore' });
    const watch = setInterval(() => {
      if (sent || !readdirSync(temporary).length) return;
      sent = true;
      child.kill('SIGINT');
    }, 5);
    const [code] = await once(child, 'exit');
    clearInterval(watch);
    expect([sent, code]).toEqual([true, 130]);
  });
});
