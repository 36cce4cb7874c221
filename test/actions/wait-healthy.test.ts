// Every end of a deployment is told apart, at once, with what was seen.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Diagnosed, Failed } from '../../src/shared/errors.ts';
import { createLab, type Lab } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';

const withImage = async (lab: Lab, tag: string): Promise<void> =>
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\nimage: wordpress:${tag}\n`);

const failure = async (doing: Promise<unknown>): Promise<Failed> => {
  const error = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failed)) throw new Error(`expected a Failed, got ${String(error)}`);
  return error;
};

const seenIn = (failed: Failed): string =>
  failed instanceof Diagnosed ? failed.cases.flatMap(({ evidence }) => evidence).join('\n') : '';

describe('a first deployment that cannot work', () => {
  test.each([
    ['boom-500', /Health checks failed with these codes: \[500\]/],
    ['exits-1', /exit code 1/],
  ])('%s: fails with the reason in its evidence, before the deadline', async (tag, seen) => {
    const lab = await createLab();
    await withImage(lab, tag);
    await lab.run('provision-tenant', { steps: 'secret,access' });
    await lab.run('run-db-init');
    await lab.run('provision-tenant');
    const started = lab.clock.now();
    const failed = await failure(lab.run('wait-healthy', { 'timeout-minutes': '60' }));
    expect(failed.what).toContain('no earlier revision');
    expect(seenIn(failed)).toMatch(seen);
    expect(lab.clock.now() - started).toBeLessThan(40 * 60_000);
  });

  test('an image that does not exist is named', async () => {
    const lab = await createLab();
    lab.edit(manifest, `${await readFile(manifest, 'utf8')}\nimage: ghost:latest\n`);
    await lab.run('provision-tenant', { steps: 'secret,access' });
    await lab.run('run-db-init');
    await lab.run('provision-tenant');
    const failed = await failure(lab.run('wait-healthy'));
    expect(seenIn(failed)).toContain('CannotPullContainerError');
  });
});

describe('a later deployment', () => {
  test('that fails is told as rolled back, never as healthy', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await withImage(lab, 'exits-1');
    const { 'deployment-id': id } = kebab(await lab.run('provision-tenant'));
    const failed = await failure(lab.run('wait-healthy', { 'deployment-id': id ?? '' }));
    expect(failed.what).toContain('rolled it back');
  });

  test('that another one replaced is told as superseded', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await withImage(lab, '6.9-php8.3-apache');
    const { 'deployment-id': first } = kebab(await lab.run('provision-tenant'));
    await withImage(lab, '6.9.1-php8.3-apache');
    await lab.run('provision-tenant');
    const failed = await failure(lab.run('wait-healthy', { 'deployment-id': first ?? '' }));
    expect(failed.what).toMatch(/superseded|was stopped/);
  });

  test('is waited for by its own id, and healthy within five seconds of being so', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await withImage(lab, '6.9-php8.3-apache');
    const { 'deployment-id': id } = kebab(await lab.run('provision-tenant'));
    const outputs = kebab(
      await lab.run('wait-healthy', { 'deployment-id': id ?? '', 'stable-seconds': '0' }),
    );
    expect(outputs['deployment-id']).toBe(id);
    expect(outputs['task-definition-arn']).toMatch(/sit-goldencrust:2$/);
  });
});

describe('the visit to the site', () => {
  test('Basic Auth comes from the secret, and never into the log', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const asked: string[] = [];
    const world = { ...lab.world, http: visitor(lab, asked) };
    await createRun(lab, world)();
    expect(asked[0]).toMatch(/^Basic /);
    expect(lab.lines.join('\n')).not.toContain(asked[0]?.slice(6));
    expect(lab.secrets).toContain(asked[0]?.slice(6));
  });

  test('a service that is scaled to nothing is never healthy', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit(manifest, `${await readFile(manifest, 'utf8')}\ndesiredCount: 0\n`);
    await lab.run('provision-tenant');
    const failed = await failure(lab.run('wait-healthy'));
    expect(failed.what).toContain('scaled to 0');
  });

  test('no service to wait for is said at once', async () => {
    const lab = await createLab();
    const failed = await failure(lab.run('wait-healthy'));
    expect(failed.message).toContain('Run provision-tenant first');
  });
});

const visitor =
  (lab: Lab, asked: string[]): Lab['world']['http'] =>
  (request) => {
    asked.push(request.headers.Authorization ?? '');
    return lab.world.http(request);
  };

const createRun = (lab: Lab, world: Lab['world']) => () => lab.runIn(world, 'wait-healthy', {});

/** Outputs under their names in action.yml. */
const kebab = (outputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );
