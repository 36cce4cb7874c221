import { afterAll, describe, expect, test } from '@jest/globals';
import { createProcessRuntime, hasDatabaseClient } from '../../sandbox/aws/containers/processes.ts';
import type { ContainerSpec, RunningContainer } from '../../sandbox/aws/containers/runtime.ts';
import { firstThatKnows } from '../../sandbox/aws/containers/runtimes.ts';
import { asking, realHost, specOf, start } from './containers-lab.ts';

const { runtime, close } = createProcessRuntime({ web: 'stand-in' });
afterAll(close);

const wordPressEnvironment = {
  WORDPRESS_DB_HOST: 'sit-mysql.example',
  WORDPRESS_DB_USER: 'goldencrust_user',
  WORDPRESS_DB_PASSWORD: 'not-a-password',
  WORDPRESS_DB_NAME: 'goldencrust_db',
};

const untilAnswer = async ({ request }: RunningContainer, path = '/') => {
  for (;;) {
    const answer = await request(asking(path));
    if (answer.kind === 'answer') return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a web container', () => {
  test('answers over HTTP, logs like Apache, ends on SIGTERM and then refuses', async () => {
    const { host, lines } = realHost();
    const container = start(runtime, specOf({ environment: wordPressEnvironment }), host);
    expect(await untilAnswer(container)).toMatchObject({
      status: 302,
      headers: { location: 'http://goldencrust.wpsit.kimmyai.io/wp-admin/install.php' },
    });
    expect(await untilAnswer(container, '/wp-admin/install.php')).toMatchObject({ status: 200 });
    container.stop();
    expect(await container.exited).toEqual({ code: 0 });
    expect(lines.join('\n')).toMatch(
      /127\.0\.0\.1 - - \[[^\]]+\] "GET \/ HTTP\/1\.1" 302 0 "-" "ELB-HealthChecker\/2\.0"/,
    );
    expect(await container.request(asking())).toEqual({ kind: 'no-answer', reason: 'refused' });
  });

  test('without its password cannot reach its database', async () => {
    const { host, lines } = realHost();
    const { WORDPRESS_DB_PASSWORD: _, ...environment } = wordPressEnvironment;
    const container = start(runtime, specOf({ environment }), host);
    const answer = await untilAnswer(container);
    expect(answer.status).toBe(500);
    expect(answer.body).toContain('Error establishing a database connection');
    container.stop();
    await container.exited;
    expect(lines.join('\n')).toContain('WORDPRESS_DB_PASSWORD');
  });
});

if (!hasDatabaseClient())
  process.stderr.write(
    'Left out: containers of database client images. Install mariadb-client to include them.\n',
  );
const withClient = hasDatabaseClient() ? describe : describe.skip;

withClient('a client container', () => {
  const shell = (script: string, changes: Partial<ContainerSpec> = {}) =>
    specOf({ image: 'mysql:8.0', command: ['sh', '-c', script], ...changes });
  const finish = async (spec: ContainerSpec) => {
    const { host, lines } = realHost([
      { host: 'sit-mysql.example', port: 3306, address: { host: '127.0.0.1', port: 1 } },
    ]);
    const container = start(runtime, spec, host);
    return { exit: await container.exited, lines };
  };

  test('runs its entry point and command, and its lines are logged', async () => {
    const spec = shell('', {
      entryPoint: ['sh', '-c'],
      command: ['printf "one\\ntwo"; echo three >&2; exit 7'],
    });
    const { exit, lines } = await finish(spec);
    expect(exit).toEqual({ code: 7 });
    expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
  });

  test('sees its own environment and nothing of ours', async () => {
    const { lines } = await finish(shell('env', { environment: { DATABASE: 'goldencrust_db' } }));
    const names = lines
      .map((line) => line.split('=')[0])
      .filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''));
    expect(names.toSorted()).toEqual(['DATABASE', 'PATH', 'SANDBOX_DATABASES']);
  });

  test('cuts long lines and replaces what is no UTF-8', async () => {
    const { lines } = await finish(shell("head -c 40000 /dev/zero | tr '\\0' x; printf '\\n\\377é\\n'"));
    expect(lines.map(({ length }) => length)).toEqual([16_384, 16_384, 7_232, 2]);
    expect(lines[3]).toBe('\uFFFDé');
  });

  // Its end is told when its output has ended, which its child holds open too.
  test('that takes SIGTERM for nothing is killed, with all its children', async () => {
    const { host, lines } = realHost();
    const container = start(runtime, shell("trap '' TERM; sleep 300 & echo $!; wait; wait"), host);
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    container.stop();
    expect(await container.exited).toEqual({ code: 137 });
  });

  test('with a program that is not there says so', async () => {
    const { exit } = await finish(specOf({ image: 'mysql:8.0', command: ['no-such-program'] }));
    expect(exit).toMatchObject({ code: 127, reason: expect.stringContaining('CannotStartContainerError') });
  });

  test.each([
    [
      'an unknown host',
      'mysql -h nowhere.example -u admin -e "DO 0"',
      1,
      'ERROR 2005 (HY000): Unknown MySQL server host',
    ],
    ['a port where nothing listens', 'mariadb -hsit-mysql.example -P3307 -e "DO 0"', 1, 'ERROR 2003 (HY000)'],
    ['no host', 'mysql -e "DO 0"', 1, 'ERROR 2002 (HY000)'],
    [
      "this machine's own socket",
      'mysql --socket=/run/mysqld/mysqld.sock -e "DO 0"',
      1,
      'ERROR 2002 (HY000)',
    ],
    ['a dead server', 'mysql --host sit-mysql.example -u admin -e "DO 0"', 1, 'ERROR 2002 (HY000)'],
    ['a dump of an unknown host', 'mysqldump --host=nowhere.example goldencrust_db', 2, 'Got error: 2005'],
  ])('%s is out of reach', async (_, command, code, text) => {
    const { exit, lines } = await finish(shell(command));
    expect({ ...exit, log: lines.join('\n') }).toEqual({ code, log: expect.stringContaining(text) });
  });

  test.each(['mysql', 'mariadb', 'mysqldump', 'mariadb-dump'])('%s tells its version', async (name) => {
    const { exit, lines } = await finish(shell(`${name} --version`));
    expect({ ...exit, log: lines.join('\n') }).toEqual({
      code: 0,
      log: expect.stringMatching(/MariaDB|Distrib|Ver/),
    });
  });

  test('keeps the files of a volume for the next container', async () => {
    const mounts = [{ containerPath: '/dump', volume: 'fs-0be15624e203bf94a fsap-068c55acd83456a5f' }];
    const environment = { DUMP_FOLDER: '/dump' };
    await finish(shell('echo saved >"$DUMP_FOLDER/file"', { mounts, environment }));
    const { lines } = await finish(shell('cat "$DUMP_FOLDER/file"', { mounts, environment }));
    expect(lines).toEqual(['saved']);
  });
});

test('closing ends every container', async () => {
  const other = createProcessRuntime({ web: 'stand-in' });
  const container = start(other.runtime, specOf({ environment: wordPressEnvironment }), realHost().host);
  await untilAnswer(container);
  await other.close();
  expect((await container.exited).code).toBe(137);
});

test('of several runtimes the first that knows the image runs it', async () => {
  const known = (code: number, name: string) => (spec: ContainerSpec) =>
    spec.image === name
      ? {
          exited: Promise.resolve({ code }),
          stop: () => {},
          request: async () => ({ kind: 'no-answer', reason: 'refused' }) as const,
        }
      : undefined;
  const both = firstThatKnows(known(1, 'a'), known(2, 'a'), known(3, 'b'));
  const exitOf = async (image: string) => both(specOf({ image }), realHost().host)?.exited;
  expect([await exitOf('a'), await exitOf('b'), await exitOf('c')]).toEqual([
    { code: 1 },
    { code: 3 },
    undefined,
  ]);
});
