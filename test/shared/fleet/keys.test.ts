// Keys, types and names: each wrong one with its place and what would be right.
import { environmentText, tenantText } from './files.ts';
import { at, bare, environment, inSit, refuses, tenant } from './refusing.ts';

refuses('keys and types', [
  ['an unknown key', tenant('memroy: 1024\n'), [at('5:1'), '`memroy`', 'Did you mean `memory`?']],
  [
    'an unknown key like no other',
    tenant('frobnicate: 1\n'),
    [at('5:1'), 'Keys here: name, environments, state, host'],
  ],
  [
    'an unknown key inside',
    tenant('healthCheck:\n  timeout: 3\n'),
    [at('6:3'), '`healthCheck.timeout`', '`timeoutSeconds`?'],
  ],
  [
    'an unknown key of an override',
    bare('name: goldencrust\nimage: a:b\nenvironments:\n  sit:\n    prority: 5\n'),
    [at('5:5'), '`environments.sit.prority`', '`priority`?'],
  ],
  [
    'an unknown key of an environment',
    environment('region:', 'regoin: x\nregion:'),
    [inSit('3:1'), '`regoin`', '`region`?'],
  ],
  ['a name of JavaScript as a key', tenant('constructor: 5\n'), [at('5:1'), '`constructor` is not a key']],
  ['a number in quotes', tenant('priority: "5"\n'), [at('5:11'), 'text "5"', 'without quotes: priority: 5']],
  ['a choice in quotes', tenant('cpu: "512"\n'), [at('5:6'), 'text "512"', 'without quotes: cpu: 512']],
  [
    'a number for a text',
    environment('domain: wpsit.kimmyai.io', 'domain: 5'),
    [inSit('4:9'), 'number 5', 'domain: "5"'],
  ],
  [
    'YAML 1.1 booleans',
    environment('domain:', 'protected: yes\ndomain:'),
    [inSit('4:12'), 'text "yes"', 'true or false'],
  ],
  [
    'a scalar for a map',
    tenant('healthCheck: 5\n'),
    [at('5:14'), 'number 5', 'a map with keys such as path'],
  ],
  [
    'a list for a text',
    bare('name: goldencrust\nimage: [a]\nenvironments: {sit: {}}\n'),
    [at('2:8'), 'a list of 1', 'wordpress:6.8'],
  ],
  [
    'a missing key',
    environment('region: eu-west-1\n', ''),
    [inSit('1:1'), '`region` is missing', 'eu-west-1'],
  ],
  [
    'a missing key inside',
    environment('  masterSecret: sit-rds-master-credentials\n', ''),
    [inSit('13:1'), '`database.masterSecret` is missing'],
  ],
  [
    'no image in any layer',
    bare('name: goldencrust\nenvironments:\n  sit: {}\n'),
    [at('3:3'), '`image` is missing', 'defaults.yml'],
  ],
  [
    'no environments',
    bare('name: goldencrust\nimage: a:b\n'),
    [at('1:1'), '`environments` is missing', 'sit: {}'],
  ],
  [
    'an environment left empty',
    bare('name: goldencrust\nimage: a:b\nenvironments:\n  sit:\n'),
    [at('4:3'), '`environments.sit` is empty', 'sit: {}'],
  ],
  [
    'an unknown environment',
    bare('name: goldencrust\nimage: a:b\nenvironments: {sti: {}}\n'),
    [at('3:16'), 'no environment sti', '`sit`?'],
  ],
]);

refuses('names', [
  [
    'a file named otherwise',
    bare(tenantText('golden')),
    [at('1:1'), 'goldencrust.yml', 'golden', 'tenants/golden.yml'],
  ],
  ['no name', bare('image: a:b\nenvironments: {sit: {}}\n'), [at('1:1'), '`name` is missing']],
  [
    'capitals',
    { 'tenants/Acme.yml': tenantText('Acme') },
    ['fleet/tenants/Acme.yml:1:7: ', 'text "Acme"', 'lower-case'],
  ],
  [
    'a hyphen at the end',
    { 'tenants/a-.yml': tenantText('a-') },
    ['fleet/tenants/a-.yml:1:7: ', 'text "a-"'],
  ],
  [
    'the database task’s own family',
    { 'tenants/db-init-x.yml': tenantText('db-init-x') },
    ['fleet/tenants/db-init-x.yml:1:7: ', 'not db-init-'],
  ],
  [
    'a tenant whose target group’s name would be too long',
    { [`tenants/${'a'.repeat(26)}.yml`]: tenantText('a'.repeat(26)) },
    [
      `fleet/tenants/${'a'.repeat(26)}.yml:4:3: `,
      `sit-${'a'.repeat(26)}-tg has 33 characters; AWS takes 32 for a target group`,
      'by 1',
    ],
  ],
  [
    'an environment’s name that AWS keeps',
    { 'environments/internal.yml': environmentText.replace('name: sit', 'name: internal') },
    ['fleet/environments/internal.yml:1:7: ', 'is not internal'],
  ],
  [
    'a file that is no part of a fleet',
    { 'tenant/x.yml': 'name: x\n' },
    ['fleet/tenant/x.yml:1:1: ', 'tenants/<name>.yml'],
  ],
  [
    'another ending',
    { 'tenants/x.yaml': tenantText('x') },
    ['fleet/tenants/x.yaml:1:1: ', 'tenants/<name>.yml'],
  ],
]);
