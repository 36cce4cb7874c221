// What two manifests may not say together.
import { environmentText, tenantText } from './files.ts';
import { at, refuses } from './refusing.ts';

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
