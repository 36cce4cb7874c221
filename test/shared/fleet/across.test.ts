// What two manifests may not say together.
import { environmentText, tenantText } from './files.ts';
import { at, inSit, refuses } from './refusing.ts';

const twin = (more: string) => ({
  'tenants/goldencrust.yml': tenantText('goldencrust', 'priority: 140\n'),
  'tenants/twin.yml': tenantText('twin', more),
});
const twinAt = (place: string) => `fleet/tenants/twin.yml:${place}: `;

refuses('across files', [
  [
    'a host twice',
    twin('host: goldencrust.wpsit.kimmyai.io\n'),
    [
      twinAt('5:7'),
      'host goldencrust.wpsit.kimmyai.io',
      'goldencrust in sit has already (fleet/tenants/goldencrust.yml:4)',
    ],
  ],
  [
    'a priority twice',
    twin('priority: 140\n'),
    [twinAt('5:11'), 'priority 140', '(fleet/tenants/goldencrust.yml:5)'],
  ],
  [
    'a database twice',
    twin('database: {name: goldencrust_db}\n'),
    [twinAt('5:18'), 'database goldencrust_db', 'another database'],
  ],
  [
    'a database user twice',
    twin('database: {user: goldencrust_user}\n'),
    [twinAt('5:18'), 'database user goldencrust_user'],
  ],
  ['a directory twice', twin('storage: {path: /goldencrust}\n'), [twinAt('5:17'), 'directory /goldencrust']],
  [
    'two environments on one database server',
    {
      'environments/uat.yml': environmentText
        .replace('name: sit', 'name: uat')
        .replace('sit-alb', 'uat-alb')
        .replace('fs-0be15624e203bf94a', 'fs-0be15624e203bf94b'),
      'tenants/goldencrust.yml': 'name: goldencrust\nimage: a:b\nenvironments:\n  sit: {}\n  uat: {}\n',
    },
    [at('5:3'), 'goldencrust in uat has the database goldencrust_db'],
    [at('5:3'), 'goldencrust in uat has the database user goldencrust_user'],
  ],
  [
    'two tenants with one stem',
    {
      'environments/sit-a.yml': environmentText
        .replace('name: sit', 'name: sit-a')
        .replace('sit-mysql', 'sit-a-mysql')
        .replace('sit-alb', 'sit-a-alb')
        .replace('fs-0be15624e203bf94a', 'fs-0be15624e203bf94b'),
      'tenants/a-b.yml': tenantText('a-b'),
      'tenants/b.yml': 'name: b\nimage: a:b\nenvironments:\n  sit-a: {}\n',
    },
    ['fleet/tenants/b.yml:4:3: ', 'name sit-a-b', 'a-b in sit has already'],
  ],
]);

const waves = (text: string) => ({
  'environments/sit.yml': `${environmentText}waves:\n${text}`,
  'tenants/twin.yml': tenantText('twin'),
});

refuses('waves', [
  [
    'a tenant in two waves',
    waves('  - {name: a, tenants: [goldencrust, twin]}\n  - {name: b, tenants: [twin]}\n'),
    [inSit('18:25'), 'twin is in wave a already (line 17)'],
  ],
  [
    'a tenant in no wave',
    waves('  - {name: a, tenants: [goldencrust]}\n'),
    [twinAt('4:3'), 'twin is in no wave of sit', 'environments/sit.yml'],
  ],
  [
    'an unknown tenant',
    waves('  - {name: a, tenants: [goldencrust, twin, twim]}\n'),
    [inSit('17:44'), 'no tenant twim', '`twin`?'],
  ],
  [
    'a tenant that lives elsewhere',
    {
      ...waves('  - {name: a, tenants: [goldencrust, twin]}\n'),
      'environments/uat.yml': environmentText.replace('name: sit', 'name: uat'),
      'tenants/twin.yml': 'name: twin\nimage: a:b\nenvironments: {uat: {}}\n',
    },
    [inSit('17:38'), 'twin does not live in sit', 'tenants/twin.yml'],
  ],
  [
    'two waves of one name',
    waves('  - {name: a, tenants: [goldencrust]}\n  - {name: a, tenants: [twin]}\n'),
    [inSit('18:12'), 'Another wave is named a'],
  ],
  [
    'an empty wave',
    waves('  - {name: a, tenants: [goldencrust, twin]}\n  - {name: b, tenants: []}\n'),
    [inSit('18:24'), 'an empty list'],
  ],
]);
