import { describe, expect, test } from '@jest/globals';
import {
  createDatabaseStandIn,
  type DatabaseStandIn,
} from '../../sandbox/aws/containers/database-stand-in.ts';
import { simulated } from '../../sandbox/aws/containers/simulated.ts';
import { asking, specOf, start, virtualHost } from './containers-lab.ts';

const runtime = simulated({ database: createDatabaseStandIn() });

describe('a simulated WordPress', () => {
  test.each([
    'wordpress:6.4-apache',
    'wordpress',
    '815856636111.dkr.ecr.eu-west-1.amazonaws.com/wordpress-site:1',
    'wordpress:6.4@sha256:0011',
  ])('%s sends to its installer, which is there', async (image) => {
    const { host } = virtualHost();
    const container = start(runtime, specOf({ image }), host);
    expect(await container.request(asking())).toMatchObject({
      status: 302,
      headers: { location: 'http://goldencrust.wpsit.kimmyai.io/wp-admin/install.php' },
    });
    expect(await container.request(asking('/wp-admin/install.php?step=1'))).toMatchObject({ status: 200 });
  });

  test('boom-500 answers 500', async () => {
    const { host } = virtualHost();
    const container = start(runtime, specOf({ image: 'wordpress:boom-500' }), host);
    expect(await container.request(asking())).toMatchObject({ kind: 'answer', status: 500 });
  });

  test('exits-1 ends after a second, says why, and refuses from then on', async () => {
    const { host, clock, lines } = virtualHost();
    const container = start(runtime, specOf({ image: 'wordpress:exits-1' }), host);
    expect(await container.request(asking())).toMatchObject({ status: 302 });
    await clock.sleep(1_000);
    expect(await container.exited).toEqual({ code: 1 });
    expect(lines.join('\n')).toContain('PHP Fatal error');
    expect(await container.request(asking())).toEqual({ kind: 'no-answer', reason: 'refused' });
  });

  test('slow takes connections after a minute', async () => {
    const { host, clock } = virtualHost();
    const container = start(runtime, specOf({ image: 'wordpress:slow' }), host);
    await clock.sleep(59_999);
    expect(await container.request(asking())).toMatchObject({ kind: 'no-answer' });
    await clock.sleep(1);
    expect(await container.request(asking())).toMatchObject({ status: 302 });
  });

  test('never leaves a request open', async () => {
    const { host } = virtualHost();
    const container = start(runtime, specOf({ image: 'wordpress:never' }), host);
    const first = await Promise.race([
      container.request(asking()),
      new Promise((resolve) => setTimeout(resolve, 50, 'nothing')),
    ]);
    expect(first).toBe('nothing');
  });

  test('stops when it is told to', async () => {
    const { host } = virtualHost();
    const container = start(runtime, specOf(), host);
    container.stop();
    expect(await container.exited).toEqual({ code: 0 });
  });
});

test('an image that nobody knows is not run', () => {
  expect(runtime(specOf({ image: 'nginx:1' }), virtualHost().host)).toBeUndefined();
});

const secrets = {
  MASTER_USERNAME: 'admin',
  MASTER_PASSWORD: 'master-pass',
  TENANT_USERNAME: 'goldencrust_user',
  TENANT_PASSWORD: 'tenant-pass',
};

const operate = async (
  database: DatabaseStandIn,
  OPERATION: string,
  changes: Record<string, string> = {},
) => {
  const { host, clock, lines } = virtualHost();
  const names = { DATABASE: 'goldencrust_db', DATABASE_USER: 'goldencrust_user', DUMP_FOLDER: '/dump' };
  const environment = { OPERATION, ...names, ...secrets, ...changes };
  const container = start(database.runtime, specOf({ image: 'mysql:8.0', environment }), host);
  await clock.sleep(5_000);
  return { ...(await container.exited), log: lines.join('\n') };
};

describe('the stand-in for the database step', () => {
  const master = { masterPassword: 'master-pass' };

  test('says what it is, and never a password', async () => {
    const { log } = await operate(createDatabaseStandIn(master), 'init');
    expect(log).toContain('stand-in');
    expect(log).not.toMatch(/master-pass|tenant-pass/);
  });

  test('init makes what verify finds and drop removes, and drop logs a dump', async () => {
    const database = createDatabaseStandIn(master);
    expect(await operate(database, 'verify')).toMatchObject({ code: 45 });
    expect(await operate(database, 'init')).toMatchObject({ code: 0 });
    expect(await operate(database, 'init')).toMatchObject({ code: 0 });
    expect(database.databases()).toEqual(['goldencrust_db']);
    expect(database.users()).toEqual([{ name: 'goldencrust_user', databases: ['goldencrust_db'] }]);
    expect(await operate(database, 'verify')).toMatchObject({ code: 0 });
    expect(await operate(database, 'drop')).toMatchObject({
      code: 0,
      log: expect.stringContaining('dumped to'),
    });
    expect([database.databases(), database.users()]).toEqual([[], []]);
    expect(await operate(database, 'drop')).toMatchObject({ code: 0 });
  });

  test.each([
    [
      'a wrong master password',
      'init',
      { MASTER_PASSWORD: 'guess' },
      44,
      'ERROR 1045 (28000): Access denied',
    ],
    ['no master password', 'drop', { MASTER_PASSWORD: '' }, 40, 'MASTER_PASSWORD is missing'],
    ['another user in the secret', 'init', { TENANT_USERNAME: 'ironpeak_user' }, 51, 'another user'],
    ['no such operation', 'rename', {}, 40, 'OPERATION'],
  ])('%s changes nothing', async (_, operation, changes, code, line) => {
    const database = createDatabaseStandIn(master);
    expect(await operate(database, operation, changes as Record<string, string>)).toMatchObject({
      code,
      log: expect.stringContaining(line),
    });
    expect(database.databases()).toEqual([]);
  });

  test('verify needs the password that init set, and the database that it was set for', async () => {
    const database = createDatabaseStandIn(master);
    await operate(database, 'init');
    expect(await operate(database, 'verify', { TENANT_PASSWORD: 'other' })).toMatchObject({ code: 45 });
    expect(await operate(database, 'verify', { DATABASE: 'ironpeak_db' })).toMatchObject({ code: 46 });
    await operate(database, 'init', { TENANT_PASSWORD: 'other' });
    expect(await operate(database, 'verify', { TENANT_PASSWORD: 'other' })).toMatchObject({ code: 0 });
  });

  test('a drop without a place for the dump drops nothing', async () => {
    const database = createDatabaseStandIn(master);
    await operate(database, 'init');
    expect(await operate(database, 'drop', { DUMP_FOLDER: '' })).toMatchObject({ code: 48 });
    expect(database.databases()).toEqual(['goldencrust_db']);
  });
});
