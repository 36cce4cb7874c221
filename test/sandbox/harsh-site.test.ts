// Tasks that start and do not serve: nobody reaches them, they reach no database, or something in the image is wrong.
import { describe, expect, test } from '@jest/globals';
import type { Lab } from '../lab.ts';
import {
  type Arrange,
  deploy,
  eventsOf,
  linesOf,
  prepare,
  stopsOf,
  taskGroup,
  tasksOf,
} from './harsh-kit.ts';

// Beyond the grace period, until the first task is given up.
const enough = 600_000;

const unhealthy = (lab: Lab): readonly string[] =>
  eventsOf(lab).filter((event) => event.includes('is unhealthy in (target-group'));

describe('a load balancer that gets no answer', () => {
  test('waits in vain before a security group that does not let it in', async () => {
    const lab = await prepare();
    await deploy(lab, ({ ec2 }) => ec2.setIngress(taskGroup, []), enough);
    const ids = tasksOf(lab).map(({ id }) => id);
    expect(unhealthy(lab)).not.toEqual([]);
    for (const event of unhealthy(lab)) {
      expect(event).toMatch(
        /^\(task [0-9a-f]{32}\) \(port 80\) is unhealthy in \(target-group arn:\S+\) due to \(reason Request timed out\)\.$/,
      );
      expect(ids).toContain(/task ([0-9a-f]{32})/.exec(event)?.[1]);
    }
    expect(stopsOf(lab)).toEqual([
      expect.stringMatching(/^ServiceSchedulerInitiated: Task failed ELB health checks in \(target-group /),
    ]);
  });

  test.each(['never-listens', 'listens-8080'])('%s: is refused', async (tag) => {
    const lab = await prepare(tag);
    await deploy(lab, undefined, enough);
    expect(unhealthy(lab)[0]).toContain('due to (reason Health checks failed).');
  });
});

const byDatabase: readonly (readonly [string, Arrange, string])[] = [
  [
    'another password',
    (_, { database }) => database.setPassword('goldencrust_user', 'changed'),
    "Access denied for user 'goldencrust_user'@'10.2.0.9' (using password: YES)",
  ],
  [
    'a dropped database',
    (_, { database }) => database.dropDatabase('goldencrust_db'),
    "Unknown database 'goldencrust_db'",
  ],
  [
    'a revoked grant',
    (_, { database }) => database.revoke('goldencrust_user'),
    "Access denied for user 'goldencrust_user'@'%' to database 'goldencrust_db'",
  ],
  ['no connection left', (_, { database }) => database.setFull(true), 'Too many connections'],
  [
    'a closed security group',
    ({ ec2 }) => ec2.setIngress(ec2.groupId('sit-database'), []),
    'Connection timed out',
  ],
];

describe('a database that does not let WordPress in', () => {
  test.each(byDatabase)('%s is in the log in the driver’s words', async (_, arrange, said) => {
    const lab = await prepare();
    await deploy(lab, arrange);
    const errors = (await linesOf(lab)).filter((line) => line.includes('WordPress database error: '));
    expect(errors).not.toEqual([]);
    for (const line of errors) expect(line.endsWith(`WordPress database error: ${said}`)).toBe(true);
    expect(await linesOf(lab)).not.toContainEqual(expect.stringContaining('HTTP/1.1" 302'));
  });

  test('is not asked before anybody set it up', async () => {
    const { createLab } = await import('../lab.ts');
    const lab = await createLab();
    await deploy(lab);
    expect(eventsOf(lab)[0]).toBe('has reached a steady state.');
  });
});

describe('an image with something wrong in it', () => {
  test.each([
    ['oom', 137, /^OutOfMemoryError: Container killed due to memory usage$/],
    ['needs-1000000', 137, /^OutOfMemoryError/],
    ['segfault', 139, undefined],
    ['other-processor', 1, undefined],
    ['files-denied', 2, undefined],
  ] as const)('%s ends with %i', async (tag, exitCode, reason) => {
    const lab = await prepare(tag);
    await deploy(lab);
    expect(stopsOf(lab)).toEqual(['EssentialContainerExited: Essential container in task exited']);
    for (const { containers } of tasksOf(lab)) {
      expect(containers).toMatchObject([{ exitCode }]);
      if (reason) expect(containers[0]?.reason).toMatch(reason);
    }
  });

  test('needs-1 has memory enough', async () => {
    const lab = await prepare('needs-1');
    await deploy(lab);
    expect(eventsOf(lab)[0]).toBe('has reached a steady state.');
  });

  test.each([
    ['php-fatal', 500, 'PHP Fatal error:  Uncaught Error: Call to undefined function'],
    ['php-parse', 500, 'PHP Parse error:  syntax error'],
    ['php-memory', 500, 'PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted'],
    ['broken-htaccess', 500, "Invalid command 'Nonsense'"],
    ['empty-docroot', 403, 'AH01276: Cannot serve directory /var/www/html/'],
  ])('%s answers %i and says why in its log', async (tag, status, said) => {
    const lab = await prepare(tag);
    await deploy(lab);
    const lines = await linesOf(lab);
    expect(lines).toContainEqual(expect.stringContaining(said));
    expect(lines).toContainEqual(expect.stringContaining(`"GET / HTTP/1.1" ${status} `));
  });
});
