// Values that AWS, MySQL or good sense would refuse later.
import { expect, test } from '@jest/globals';
import { problemsWith } from './files.ts';
import { at, bare, environment, inSit, refuses, tenant } from './refusing.ts';

refuses('values of a tenant', [
  ['CPU units that Fargate does not sell', tenant('cpu: 300\n'), [at('5:6'), 'number 300', '256, 512']],
  [
    'a pair that Fargate does not sell',
    tenant('memory: 4096\ncpu: 256\n'),
    [at('5:9'), 'cpu 256 with memory 4096', '512, 1024, 2048'],
  ],
  [
    'a pair made of a layer and a default',
    tenant('cpu: 1024\n'),
    [at('5:6'), 'memory 1024', '2048 to 8192 in steps of 1024'],
  ],
  [
    'a timeout as long as the interval',
    tenant('healthCheck: {timeoutSeconds: 30}\n'),
    [at('5:31'), 'timeout of 30 s', 'interval of 30 s', 'Lower timeoutSeconds'],
  ],
  [
    'a matcher that the load balancer refuses',
    tenant('healthCheck: {matcher: "100-600"}\n'),
    [at('5:24'), '"200-399"'],
  ],
  [
    'an address for a host to redirect to',
    tenant('healthCheck: {redirectsTo: ["https://shop.example.com/"]}\n'),
    [at('5:29'), 'text "https://shop.example.com/"', 'host name'],
  ],
  ['a host name', tenant('host: Foo_Bar\n'), [at('5:7'), 'text "Foo_Bar"', '{tenant}.{domain}']],
  ['an unknown name in braces', tenant('host: "{name}.example.com"\n'), [at('5:7'), '{tenant}.{domain}']],
  ['priority 0', tenant('priority: 0\n'), [at('5:11'), '1 to 50000']],
  ['priority 50001', tenant('priority: 50001\n'), [at('5:11'), '1 to 50000']],
  ['a fraction', tenant('priority: 1.5\n'), [at('5:11'), 'number 1.5', 'whole number']],
  [
    'a database of MySQL’s own',
    tenant('database: {name: mysql}\n'),
    [at('5:18'), 'text "mysql"', "MySQL's own"],
  ],
  ['a database name with a dot', tenant('database: {name: a.b}\n'), [at('5:18'), 'text "a.b"', '_ $ and -']],
  ['a database name of 65', tenant(`database: {name: ${'a'.repeat(65)}}\n`), [at('5:18'), 'at most 64']],
  ['an administrator as user', tenant('database: {user: root}\n'), [at('5:18'), "administrator's"]],
  ['a user of 33', tenant(`database: {user: ${'a'.repeat(33)}}\n`), [at('5:18'), 'at most 32']],
  [
    'a user of 33 after the name is filled in',
    tenant(`database: {user: "{tenant}${'a'.repeat(22)}"}\n`),
    [at('5:18'), 'has 33 characters; MySQL takes 32'],
  ],
  ['a negative uid', tenant('storage: {uid: -1}\n'), [at('5:16'), '0 to 4294967295']],
  ['a gid above 32 bits', tenant('storage: {gid: 4294967296}\n'), [at('5:16'), '0 to 4294967295']],
  ['a directory of five steps', tenant('storage: {path: /a/b/c/d/e}\n'), [at('5:17'), 'one to four steps']],
  ['the file system’s own root', tenant('storage: {path: /}\n'), [at('5:17'), 'one to four steps']],
  [
    'a relative mount path',
    tenant('storage: {mountPath: html}\n'),
    [at('5:22'), 'absolute directory of the container'],
  ],
  ['six recovery days', tenant('secretRecoveryDays: 6\n'), [at('5:21'), '7 to 30']],
  ['31 recovery days', tenant('secretRecoveryDays: 31\n'), [at('5:21'), '7 to 30']],
  [
    'an image with a blank',
    bare('name: goldencrust\nimage: "a b"\nenvironments: {sit: {}}\n'),
    [at('2:8'), 'text "a b"'],
  ],
  [
    'a reserved variable',
    tenant('variables:\n  WORDPRESS_DB_HOST: x\n'),
    [at('6:3'), 'database secret', 'Delete it'],
  ],
  [
    'a variable that is no name',
    tenant('variables:\n  a b: x\n'),
    [at('6:3'), 'no name of an environment variable'],
  ],
  ['a tag of ours', tenant('tags:\n  Tenant: x\n'), [at('6:3'), 'resources get already']],
  ['a tag of AWS', tenant('tags:\n  "aws:x": y\n'), [at('6:3'), 'kept by AWS']],
  [
    '51 tags',
    tenant(`tags:\n${Array.from({ length: 47 }, (_, index) => `  t${index}: x\n`).join('')}`),
    [at('6:3'), '51 tags', 'AWS takes 50'],
  ],
]);

refuses('values of an environment', [
  [
    'an account id of 11 digits',
    environment('"815856636111"', '"81585663611"'),
    [inSit('2:12'), '12 digits'],
  ],
  [
    'ids that are none',
    environment('[subnet-09d1d2de85ae02264]', '[subnet-1]'),
    [inSit('9:13'), '`network.subnets[0]`', 'subnet-09d1d2de85ae02264'],
  ],
  [
    'no security group',
    environment('[sg-01bca1fb9806ad397]', '[]'),
    [inSit('10:19'), 'an empty list', '1 to 5'],
  ],
  [
    'a subnet twice',
    environment('[subnet-09d1d2de85ae02264]', '[subnet-09d1d2de85ae02264, subnet-09d1d2de85ae02264]'),
    [inSit('9:39'), 'in the list already'],
  ],
  [
    'half an id of a file system',
    environment('fs-0be15624e203bf94a', 'fs-0BE'),
    [inSit('11:13'), 'fs-0be15624e203bf94a'],
  ],
  [
    'an ARN for a role',
    environment('sit-ecs-task-execution-role', 'arn:aws:iam::815856636111:role/x'),
    [inSit('6:16'), 'not its ARN'],
  ],
  [
    'a port above 65535',
    environment('listenerPort: 80', 'listenerPort: 65536'),
    [inSit('7:45'), '1 to 65535'],
  ],
]);

test.each(['SMTP_PASSWORD', 'API_SECRET', 'GITHUB_TOKEN', 'AUTH_KEY', 'apikey', 'LOGGED_IN_SALT', 'DB_PASS'])(
  'the variable %s is refused without its value',
  (key) => {
    const problems = problemsWith(tenant(`variables:\n  ${key}: 123456\n  ${key}_: hunter2\n`));
    expect(problems[0]).toContain(`${at('6:3')}\`variables.${key}\` looks like a secret`);
    expect(problems[0]).toContain('Put it in Secrets Manager.');
    expect(problems.join()).not.toMatch(/hunter2|123456/);
  },
);

test.each(['KEYBOARD_LAYOUT', 'WP_DEBUG', 'MONKEY', 'PASSENGERS'])('the variable %s is none', (key) => {
  expect(problemsWith(tenant(`variables:\n  ${key}: x\n`))).toEqual([]);
});

test('a secret in the place of its name is not shown', () => {
  const texts = environment('masterSecret: sit-rds-master-credentials', 'masterSecret: "hunter2 !"');
  expect(problemsWith(texts).join()).toContain('not its value');
  expect(problemsWith(texts).join()).not.toContain('hunter2');
});
