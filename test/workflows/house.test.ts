// The rules that hold in every workflow file of ours, and what the files promise each other.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { admissionStep, jobNames, slots } from '../../src/shared/fleet/rollout.ts';

type Step = {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
};
type Group = { readonly 'cancel-in-progress'?: unknown; readonly queue?: string };
type Job = {
  readonly name?: string;
  readonly if?: string;
  readonly needs?: unknown;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: { readonly name: string; readonly deployment?: boolean };
  readonly concurrency?: Group;
  readonly strategy?: Readonly<Record<string, unknown>>;
  readonly 'timeout-minutes'?: number;
};
type Input = { readonly type: string; readonly options?: readonly string[]; readonly required?: boolean };
type Inputs = Readonly<Record<string, Input>>;
type Trigger = { readonly inputs?: Inputs } | null;
type Workflow = {
  readonly on: Readonly<Record<string, Trigger>>;
  readonly permissions?: unknown;
  readonly concurrency?: Group;
  readonly jobs: Readonly<Record<string, Job>>;
};
type File = { readonly path: string; readonly text: string; readonly workflow: Workflow };

const read = (pattern: string): readonly File[] =>
  globSync(pattern)
    .sort()
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      return { path, text, workflow: parse(text) as Workflow };
    });
const own = read('.github/workflows/*.yml');
const examples = read('examples/workflows/*.yml');
const called = new Map(own.map((file) => [basename(file.path), file.workflow]));
const jobsOf = ({ workflow }: File) => Object.entries(workflow.jobs);
const stepsOf = (file: File) => jobsOf(file).flatMap(([, { steps = [] }]) => steps);
const inputsOf = (workflow: Workflow | undefined, trigger = 'workflow_call'): Inputs =>
  workflow?.on[trigger]?.inputs ?? {};

const expression = (text: string): string => `\${{ ${text} }}`;

test('there are workflows, and examples of them', () => {
  expect(own.length).toBeGreaterThan(8);
  expect(examples.length).toBeGreaterThan(6);
});

describe.each([...own, ...examples])('$path', (file) => {
  const { path, text, workflow } = file;

  test('rights: none at the top, and each job says its own, but a gate, which needs none', () => {
    expect(workflow.permissions).toEqual({});
    const silent = jobsOf(file).filter(([, job]) => !job.permissions);
    for (const [id, job] of silent) expect([id, job.environment?.deployment]).toEqual([id, false]);
    const grants = jobsOf(file).flatMap(([, { permissions = {} }]) => Object.entries(permissions));
    for (const [scope] of grants) expect(text).toMatch(new RegExp(`${scope}: (read|write) # to `));
  });

  test('every job with steps ends some time', () => {
    for (const [id, job] of jobsOf(file))
      if (job.steps) expect([id, typeof job['timeout-minutes']]).toEqual([id, 'number']);
  });

  test('no expression inside a script', () => {
    for (const { run = '' } of stepsOf(file)) expect(run).not.toContain('${{');
  });

  /** What deploys nothing may be overtaken by its next commit. */
  const mayCancel = new Map([
    ['.github/workflows/ci.yml', 'only tests'],
    ['examples/workflows/check.yml', 'only looks'],
  ]);

  /** Legs that must not start after one that failed. */
  const inOrder = new Set(['.github/workflows/release-application.yml']);

  test('nothing is cancelled half-way', () => {
    const groups = [workflow.concurrency, ...Object.values(workflow.jobs).map((job) => job.concurrency)];
    for (const group of groups.filter((each) => each !== undefined))
      expect(group['cancel-in-progress']).toBe(mayCancel.has(path));
    // Where one leg runs at a time, none is under way that the first failure could cancel.
    for (const [, { strategy }] of jobsOf(file))
      if (strategy) expect(strategy['fail-fast']).toBe(strategy['max-parallel'] === 1 && inOrder.has(path));
  });

  test('own actions are those beside the workflow, others are named by commit and version', () => {
    const uses = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, said = '']) => said);
    expect(uses.length).toBe(
      stepsOf(file).filter((step) => step.uses).length + jobsOf(file).filter(([, job]) => job.uses).length,
    );
    for (const said of uses)
      expect(said).toMatch(
        /^\$\/(actions\/[a-z-]+|\.github\/workflows\/[a-z-]+\.yml)$|^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+/,
      );
  });

  test('an action is given only inputs that it has, and all that it requires', () => {
    for (const { uses = '', with: given = {} } of stepsOf(file)) {
      if (!uses.startsWith('$/')) continue;
      const action = parse(readFileSync(`${uses.slice(2)}/action.yml`, 'utf8')) as { inputs: Inputs };
      expectGiven(uses, given, action.inputs);
    }
  });

  test('a called workflow is given only inputs that it has, all that it requires, and rights for its jobs', () => {
    for (const [, { uses = '', with: given = {}, permissions = {} }] of jobsOf(file)) {
      if (!uses) continue;
      const target = called.get(basename(uses.replace(/@.*/, '')));
      expect([uses, target !== undefined]).toEqual([uses, true]);
      expectGiven(uses, given, inputsOf(target));
      for (const job of Object.values(target?.jobs ?? {}))
        expect(permissions).toMatchObject(atMost(job.permissions ?? {}, permissions));
    }
  });

  test('a person who starts it may say what a workflow that calls it may', () => {
    if (!(workflow.on.workflow_dispatch && workflow.on.workflow_call)) return;
    const shapes = (inputs: Inputs) =>
      Object.entries(inputs).map(([name, { options: _, type, ...rest }]) => ({
        ...rest,
        name,
        type: type === 'choice' ? 'string' : type,
      }));
    const dispatched = shapes(inputsOf(workflow, 'workflow_dispatch'));
    expect(dispatched).toEqual(shapes(inputsOf(workflow)));
    // GitHub's page has room for 25.
    expect(dispatched.length).toBeLessThanOrEqual(25);
  });
});

const expectGiven = (where: string, given: Readonly<Record<string, unknown>>, known: Inputs): void => {
  const names = Object.keys(given);
  expect([where, names.filter((name) => !(name in known))]).toEqual([where, []]);
  const wanted = Object.entries(known).flatMap(([name, { required }]) => (required ? [name] : []));
  expect([where, wanted.filter((name) => !names.includes(name))]).toEqual([where, []]);
};

/** A right to write holds the one to read. */
const atMost = (
  wanted: Readonly<Record<string, string>>,
  granted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(wanted).map(([scope, level]) => [
      scope,
      level === 'read' && granted[scope] === 'write' ? 'write' : level,
    ]),
  );

describe('deploy-fleet.yml', () => {
  const jobs = called.get('deploy-fleet.yml')?.jobs ?? {};
  const waveJobs = Object.entries(jobs).filter(([id]) => id.startsWith('wave-'));

  test('has a job for every slot', () => {
    expect(waveJobs.map(([id]) => id)).toEqual(
      Array.from({ length: slots }, (_, index) => `wave-${index + 1}`),
    );
    expect(jobs.report?.needs).toEqual(['plan', ...waveJobs.map(([id]) => id)]);
  });

  test('slots are alike but for their number and who is before them', () => {
    const neutral = waveJobs.slice(1).map(([, job], index) => {
      const slot = index + 2;
      const text = JSON.stringify(job);
      return text
        .replaceAll(`wave-${slot - 1}`, 'wave-BEFORE')
        .replaceAll(`.waves)[${slot - 1}]`, '.waves)[OWN]')
        .replace(`"name":"wave ${slot}"`, '"name":"wave OWN"')
        .replace(`"slot":${slot},`, '"slot":OWN,');
    });
    expect(new Set(neutral).size).toBe(1);
    expect(neutral[0]).toContain('"slot":OWN');
    const { needs: _, if: __, with: first, ...rest } = waveJobs[0]?.[1] ?? {};
    const { needs: ___, if: ____, with: second, ...others } = waveJobs[1]?.[1] ?? {};
    expect({ ...rest, name: '' }).toEqual({ ...others, name: '' });
    expect(Object.keys(first ?? {})).toEqual(Object.keys(second ?? {}));
    expect(first).toMatchObject({ slot: 1, rollout: expect.stringContaining('.waves)[0]') });
  });

  test('jobs and the step that asks are called as report-rollout and plan-fleet look for them', () => {
    for (const [index, [, job]] of waveJobs.entries()) expect(job.name).toBe(jobNames.wave(index + 1));
    const nameIn = (file: string, id: string) => String(called.get(file)?.jobs[id]?.name);
    expect(nameIn('wave.yml', 'chunk').replace(expression('matrix.chunk.number'), '7')).toBe(
      jobNames.chunk(7),
    );
    expect(nameIn('chunk.yml', 'tenants')).toBe(expression('matrix.tenant'));
    expect(nameIn('tenant.yml', 'deploy').replace(expression('inputs.environment'), 'sit')).toBe(
      jobNames.deploy('sit'),
    );
    expect(nameIn('deploy-tenant.yml', 'tenant')).toBe(expression('inputs.tenant'));
    const asks = called.get('tenant.yml')?.jobs.deploy?.steps?.filter(({ name }) => name === admissionStep);
    expect(asks).toMatchObject([{ uses: '$/actions/plan-fleet', with: { mode: 'admit' } }]);
  });
});

test('whoever touches a tenant holds the same concurrency group, and nobody is dropped from its queue', () => {
  const groups = [
    called.get('tenant.yml')?.jobs.deploy?.concurrency,
    called.get('rollback-tenant.yml')?.jobs.rollback?.concurrency,
  ];
  const wanted = {
    group: `tenant-actions/${expression('inputs.environment')}/${expression('inputs.tenant')}`,
    queue: 'max',
    'cancel-in-progress': false,
  };
  expect(groups).toEqual([wanted, wanted]);
  const verified = called.get('verify-chunk.yml')?.jobs.tenants?.concurrency;
  expect(verified).toEqual({ ...wanted, group: wanted.group.replace('inputs.tenant', 'matrix.tenant') });
});

test('every example calls one of ours, and every workflow that may be called by others has an example', () => {
  const used = examples.flatMap((file) =>
    jobsOf(file).map(([, { uses = '' }]) => basename(uses.replace(/@.*/, ''))),
  );
  const forPeople = own.filter(
    ({ path }) =>
      !/(ci|wave|chunk|tenant|release-pipeline)\.yml$/.test(basename(path)) || /deploy|rollback/.test(path),
  );
  expect(new Set(used)).toEqual(new Set(forPeople.map(({ path }) => basename(path))));
});

test('a tenant that failed is served again before anybody asks why', () => {
  const [tenant] = read('.github/workflows/tenant.yml');
  const steps = tenant ? stepsOf(tenant) : [];
  const indexOf = (fits: (step: Step) => boolean): number => steps.findIndex(fits);
  const back = indexOf(({ with: inputs }) => inputs?.mode === 'previous-revision');
  const why = indexOf(({ with: inputs }) => inputs?.operation === 'verify');
  expect(back).toBeGreaterThan(0);
  expect(why).toBeGreaterThan(back);
  expect(Number(steps[why]?.with?.['timeout-minutes'])).toBeLessThanOrEqual(5);
});
