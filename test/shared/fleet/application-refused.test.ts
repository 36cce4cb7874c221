// What a typing error in an application's manifest comes to: its place, and what to write instead.
import {
  applicationProblems,
  envelopeText,
  envelopeWith,
  inEnvelope,
  prodWith,
} from './application-files.ts';
import { refuses, type Texts } from './refusing.ts';

const check = (title: string, rows: Parameters<typeof refuses>[1]) =>
  refuses(title, rows, applicationProblems);
const changed = (from: string | RegExp, to: string, text = envelopeText): Texts => ({
  'applications/envelope.yml': text.replace(from, to),
});
const letters = (count: number): string => 'x'.repeat(count);

check('keys', [
  [
    'an unknown key',
    changed('database:', 'databse:'),
    [inEnvelope('28:1'), '`databse`', 'Did you mean `database`?'],
  ],
  [
    'an unknown key of a service',
    envelopeWith('worker: {}', 'worker: {contaner: x}'),
    [inEnvelope('5:12'), '`services.worker.contaner`', '`container`?'],
  ],
  [
    'an unknown role',
    prodWith('roles: {releas: x}\n'),
    [inEnvelope('38:13'), '`environments.prod.roles.releas`', '`release`?'],
  ],
  [
    'a region for all environments',
    envelopeWith('cluster:', 'region: eu-west-2\ncluster:'),
    [inEnvelope('2:1'), '`region` is not a key here'],
  ],
  ['a key twice', envelopeWith('  worker: {}', '  api: {}'), [inEnvelope('5:3'), 'already on line 4']],
  [
    'another name',
    envelopeWith('name: envelope', 'name: envelop'),
    [inEnvelope('1:1'), 'envelop', 'rename the file to applications/envelop.yml'],
  ],
  [
    'anchors',
    envelopeWith('worker: {}', 'worker: &w {}'),
    [inEnvelope('5:11'), '&w', "what an application's environments share belongs above them"],
  ],
]);

check('names', [
  [
    'a service in capitals',
    envelopeWith('worker: {}', 'Worker: {}'),
    [inEnvelope('5:3'), '`services.Worker` is no name of a service', 'lower-case'],
  ],
  [
    'a service that is a number',
    envelopeWith('worker: {}', '7: {}'),
    [inEnvelope('5:3'), 'starts with a letter'],
  ],
  [
    'an environment in capitals',
    envelopeWith('  prod:', '  Prod:'),
    [inEnvelope('35:3'), '`environments.Prod` is no name of an environment'],
  ],
  [
    'a role by its ARN',
    prodWith('roles: {release: "arn:aws:iam::123456789012:role/x"}\n'),
    [inEnvelope('38:22'), 'the name of an IAM role'],
  ],
  [
    'a pipeline too long once it has its names',
    envelopeWith('- name: hq', `- name: hq\n    pipeline: "{application}-{environment}-${letters(90)}"`),
    [inEnvelope('15:15'), 'text "envelope-prod-xxx', 'at most 100 letters'],
  ],
  [
    'a target group too long once it has its names',
    envelopeWith('worker: {}', `worker: {targetGroups: ["{application}-{environment}-${letters(20)}"]}`),
    [inEnvelope('5:27'), 'at most 32'],
  ],
  [
    "a database's host",
    changed(/instance: .*/, 'instance: envelope-prod-db.x.eu-west-2.rds.amazonaws.com'),
    [inEnvelope('29:13'), 'not its host name'],
  ],
]);

check('placeholders', [
  [
    'misspelt',
    envelopeWith('{environment}-cluster', '{enviroment}-cluster'),
    [inEnvelope('2:10'), 'Write {environment} for {enviroment}.'],
  ],
  [
    'of a tenant',
    envelopeWith('https://demo.envelope.host/', '"https://{tenant}.envelope.host/"'),
    [inEnvelope('26:10'), '{application} or {environment} for {tenant}'],
  ],
  [
    'without quotes',
    envelopeWith('"{application}-{environment}-cluster"', '{application}-cluster'),
    [inEnvelope('2:23'), 'not YAML', 'quote its text'],
  ],
]);

check('lines not finished', [
  [
    'a service, a check and a database',
    changed(
      'worker: {}',
      'worker:',
      changed(/instance: .*/, 'instance:', changed('"200,302"', '')['applications/envelope.yml'])[
        'applications/envelope.yml'
      ],
    ),
    [inEnvelope('5:3'), '`services.worker` is empty', '{}'],
    [inEnvelope('24:5'), '`healthChecks.hq.matcher` is empty'],
    [inEnvelope('29:3'), '`database.instance` is empty'],
  ],
  [
    'an environment',
    envelopeWith('  prod:', '  staging:\n  prod:'),
    [inEnvelope('35:3'), '`environments.staging` is empty'],
  ],
  [
    'what an environment takes away and leaves open',
    prodWith('services: {hqq: null, worker: }\nroles: {release: null}\n'),
    [inEnvelope('38:16'), '`environments.prod.services.hqq` takes away', 'Did you mean `hq`?'],
    [inEnvelope('38:27'), '`environments.prod.services.worker` is empty'],
    [inEnvelope('39:13'), 'takes away a `roles.release` that is not there'],
  ],
]);

check('what is missing', [
  ['environments', changed(/environments:[\s\S]*/, ''), [inEnvelope('1:1'), '`environments` is missing']],
  [
    'an environment',
    changed(/environments:[\s\S]*/, 'environments: {}\n'),
    [inEnvelope('34:15'), 'has no environment', 'prod: {accountId'],
  ],
  [
    'a region',
    envelopeWith('    region: eu-west-2\n', ''),
    [inEnvelope('35:3'), '`environments.prod.region` is missing'],
  ],
  ['services', changed(/services:[\s\S]*(?=pipelines)/, ''), [inEnvelope('28:3'), '`services` is missing']],
  [
    'any service',
    changed(/services:[\s\S]*(?=pipelines)/, 'services: {}\n'),
    [inEnvelope('3:11'), 'no service in prod'],
  ],
  [
    'what to run',
    envelopeWith('  command: [php, artisan, migrate, --force]\n', ''),
    [inEnvelope('15:1'), '`migration.command` is missing', '[php, artisan, migrate, --force]'],
  ],
]);
