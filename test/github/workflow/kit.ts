// Small workflow files over a temporary folder, run against a hub in a box.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openHub } from '../../../sandbox/github/hub/hub.ts';
import type { Hub } from '../../../sandbox/github/hub/types.ts';
import { type JobEnd, type RunCall, type RunEnd, runWorkflow } from '../../../sandbox/github/workflow/run.ts';

export type Files = Readonly<Record<string, string>>;

export const sha = '0123456789abcdef0123456789abcdef01234567';
export const standIn = 'a'.repeat(40);

export type Lab = {
  readonly folder: string;
  readonly hub: Hub;
  /** What a run is called with; the files are written beside each other, `ci.yml` is the workflow. */
  readonly call: (files: Files, more?: Partial<RunCall>) => Promise<RunCall>;
  readonly run: (files: Files | string, more?: Partial<RunCall>) => Promise<RunEnd>;
  readonly close: () => Promise<void>;
};

/** ID tokens say what the runner gave, unsigned. */
export const openLab = async (): Promise<Lab> => {
  const root = await mkdtemp(join(tmpdir(), 'workflow-'));
  const hub = await openHub({
    repository: { owner: 'hosting', name: 'fleet', ownerId: 41, id: 42 },
    now: () => Date.now(),
    mintToken: (claims) => JSON.stringify(claims),
  });
  let count = 0;
  const call: Lab['call'] = async (files, more = {}) => {
    const folder = join(root, String(++count));
    await write(folder, files);
    return {
      hub,
      repository: { folder, sha, ref: 'refs/heads/main' },
      repositories: {},
      workflow: '.github/workflows/ci.yml',
      event: { name: 'push', payload: {} },
      env: {},
      environments: {},
      approve: async () => 'approved',
      runners: 4,
      ...more,
    };
  };
  return {
    folder: root,
    hub,
    call,
    run: async (files, more) =>
      runWorkflow(await call(typeof files === 'string' ? { 'ci.yml': files } : files, more)),
    close: async () => {
      await hub.close();
      await rm(root, { recursive: true, force: true });
    },
  };
};

/** `ci.yml` is a workflow; other paths are as they are. */
export const write = async (folder: string, files: Files): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, /^[^/]+\.yml$/.test(name) ? `.github/workflows/${name}` : name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
};

export const jobOf = ({ jobs }: RunEnd, name: string): JobEnd => {
  const found = jobs.find((job) => job.name === name);
  if (!found) throw new Error(`No job ${name} among ${jobs.map((job) => job.name).join(', ')}`);
  return found;
};

export const conclusions = ({ jobs }: RunEnd): Readonly<Record<string, string>> =>
  Object.fromEntries(jobs.map(({ name, conclusion }) => [name, conclusion]));

/** Messages on the job's page. */
export const errorsOf = ({ annotations }: JobEnd): readonly string[] =>
  annotations.filter(({ level }) => level === 'failure').map(({ message }) => message);

/** A JS action, its main.js beside it in dist. */
export const action = (main: string, more = ''): Files => ({
  'action.yml': `name: a\ndescription: b\n${more.includes('runs:') ? more : `${more}\nruns:\n  using: node24\n  main: dist/index.js\n`}`,
  'dist/index.js': main,
});

export const under = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
