// Applications in a fleet folder: checked with the tenants, and a release told to the workflows from the manifest alone.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { UserError } from '../../src/shared/errors.ts';
import type { PlannedRelease } from '../../src/shared/release/plan-release.ts';
import type { World } from '../../src/shared/world.ts';
import { createLab, fleetFolder } from '../lab.ts';
import { runPlanFleet } from './plan-fleet-kit.ts';

const envelope = 'examples/envelope/applications/envelope.yml';
const text = readFileSync(envelope, 'utf8');

/** A folder with exactly these files; whoever calls AWS or GitHub fails. */
const worldWith = async (files: Readonly<Record<string, string>>): Promise<World> => {
  const { world } = await createLab();
  const offline = (): never => {
    throw new Error('called AWS or GitHub');
  };
  return {
    ...world,
    connect: offline,
    github: offline,
    files: {
      ...world.files,
      list: async () => Object.keys(files).sort(),
      read: async (path) => files[path] ?? '',
    },
  };
};

const fleet = 'fleet';
const applications = { 'fleet/applications/envelope.yml': text };
const tenants = Object.fromEntries(
  ['defaults.yml', 'environments/sit.yml', 'tenants/goldencrust.yml'].map((path) => [
    `fleet/${path}`,
    readFileSync(`${fleetFolder}/${path}`, 'utf8').replace(/^waves:[\s\S]*/m, ''),
  ]),
);
const check = async (files: Readonly<Record<string, string>>) =>
  runPlanFleet(await worldWith(files), { mode: 'check', fleet });
const problemsOf = async (files: Readonly<Record<string, string>>) => {
  const error = (await check(files).catch((thrown: unknown) => thrown)) as UserError;
  return error.problems.map(({ place, what }) => [place?.file, what]);
};

describe('check', () => {
  test('takes a folder of applications alone', async () => {
    const { summary, problems } = await check(applications);
    expect(problems).toBe('0');
    expect(summary).toMatch(/sound\n\n1 application\./);
    expect(summary).toContain(
      '| **envelope** | prod | 123456789012, eu-west-2 | api, worker, scheduler, reverb, tenant, hq | api → tenant → hq |',
    );
    expect(summary).not.toContain('waves');
  });

  test('takes applications beside tenants', async () => {
    const { summary } = await check({ ...applications, ...tenants });
    expect(summary).toContain('1 tenant in 1 environment, 1 application.');
    expect(summary).toMatch(/\*\*sit\*\* .*\n\n\| application/);
  });

  test('says nothing of applications where there is none', async () => {
    const { summary } = await check(tenants);
    expect(summary).toContain('1 tenant in 1 environment.');
    expect(summary).not.toContain('application');
  });

  test("tells tenants' and applications' mistakes together, by file", async () => {
    const problems = await problemsOf({
      'fleet/applications/envelope.yml': text.replace('cluster:', 'clutser:'),
      ...tenants,
      'fleet/tenants/goldencrust.yml': `${tenants['fleet/tenants/goldencrust.yml']}memroy: 5\n`,
      'fleet/application/other.yml': text,
    });
    expect(problems).toEqual([
      ['fleet/application/other.yml', 'This file is no part of a fleet.'],
      ['fleet/applications/envelope.yml', '`clutser` is not a key here.'],
      ['fleet/applications/envelope.yml', '`cluster` is missing.'],
      ['fleet/tenants/goldencrust.yml', '`memroy` is not a key here.'],
    ]);
  });

  test('still wants an environment for tenants', async () => {
    const lonely = { 'fleet/tenants/goldencrust.yml': tenants['fleet/tenants/goldencrust.yml'] ?? '' };
    expect(await problemsOf({ ...applications, ...lonely })).toContainEqual([
      undefined,
      'The fleet has no environment.',
    ]);
  });
});

test("an application's mistake stops no tenant", async () => {
  const world = await worldWith({ ...tenants, 'fleet/applications/envelope.yml': 'nmae: x\n' });
  await expect(runPlanFleet(world, { mode: 'gates', fleet, environment: 'sit' })).resolves.toMatchObject({
    approval: 'sit',
  });
});

test("an application's gates are its own", async () => {
  const world = await worldWith(applications);
  const given = { mode: 'gates', fleet, environment: 'prod', application: 'envelope' };
  expect(await runPlanFleet(world, given)).toMatchObject({
    approval: 'prod',
    deployment: 'prod-envelope',
    release: '',
    summary: '',
  });
});

describe('release', () => {
  test('none releases no pipeline, and the page says so', async () => {
    const { release: planned = '', summary = '' } = await release({ pipelines: 'none' });
    expect(JSON.parse(planned)).toMatchObject({ pipelines: [], services: expect.arrayContaining(['api']) });
    expect(summary).toContain('No pipeline is released.');
  });

  const release = async (given: Readonly<Record<string, string>> = {}, files = applications as object) => {
    const world = await worldWith(files as Readonly<Record<string, string>>);
    return runPlanFleet(world, {
      mode: 'release',
      fleet,
      application: 'envelope',
      environment: 'prod',
      ...given,
    });
  };
  const planned = async (given: Readonly<Record<string, string>> = {}) =>
    JSON.parse((await release(given)).release ?? '') as PlannedRelease;

  test('tells what the workflows need, and people who approves what', async () => {
    const said = await release();
    expect(said).toMatchObject({ approval: 'prod', deployment: 'prod-envelope', rollout: '', count: '' });
    expect(JSON.parse(said.release ?? '')).toEqual({
      application: 'envelope',
      environment: 'prod',
      accountId: '123456789012',
      region: 'eu-west-2',
      approval: 'prod',
      deployment: 'prod-envelope',
      pipelines: [
        { name: 'api', migration: 'pipeline' },
        { name: 'tenant', migration: 'none' },
        { name: 'hq', migration: 'none' },
      ],
      services: ['api', 'worker', 'scheduler', 'reverb', 'tenant', 'hq'],
      migrates: true,
      images: ['api', 'tenant', 'hq'].map((name) => ({ name, repository: `envelope-${name}` })),
    });
    expect(said.summary).toMatch(
      /## Release of envelope to prod[\s\S]*`prod`[\s\S]*1\. pipeline \*\*api\*\*/,
    );
  });

  test('of some pipelines keeps the order of release', async () => {
    expect((await planned({ pipelines: 'hq, api' })).pipelines.map(({ name }) => name)).toEqual([
      'api',
      'hq',
    ]);
  });

  test.each([
    [{ pipelines: 'hq,tennant' }, /no pipeline tennant of envelope[\s\S]*Did you mean tenant\?/],
    [{ application: 'envelop' }, /no application envelop[\s\S]*Did you mean envelope\?/],
    [{ environment: 'sit' }, /no environment sit of envelope[\s\S]*There are: prod/],
    [{ application: '' }, /Input application is needed/],
    [{ environment: '' }, /Input environment is needed/],
  ])('refuses %j', async (given, message) => {
    await expect(release(given)).rejects.toThrow(message);
  });

  test('needs its own file alone to be right', async () => {
    const broken = { 'fleet/applications/other.yml': 'nmae: x\n', 'fleet/environments/sit.yml': ':' };
    await expect(release({}, { ...applications, ...broken })).resolves.toMatchObject({ approval: 'prod' });
    await expect(
      release({}, { 'fleet/applications/envelope.yml': text.replace('- name: hq', '- nmae: hq') }),
    ).rejects.toThrow(/applications\/envelope\.yml:\d+:5: .*nmae/);
  });
});
