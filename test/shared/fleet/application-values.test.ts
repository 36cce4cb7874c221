// What values of an application's manifest may not be, by themselves and beside each other.
import {
  applicationProblems,
  envelopeText,
  envelopeWith,
  inEnvelope,
  prodWith,
} from './application-files.ts';
import { environmentText, tenantText } from './files.ts';
import { refuses } from './refusing.ts';

const check = (title: string, rows: Parameters<typeof refuses>[1]) =>
  refuses(title, rows, applicationProblems);

check('values', [
  [
    'an account without quotes',
    envelopeWith('"123456789012"', '123456789012'),
    [inEnvelope('36:16'), '"123456789012"'],
  ],
  [
    'one code without quotes',
    envelopeWith('matcher: "200,302"', 'matcher: 200'),
    [inEnvelope('24:14'), 'matcher: "200"'],
  ],
  [
    'codes in the wrong order',
    envelopeWith('"200,302"', '"200,399-300"'),
    [inEnvelope('24:14'), 'Write 300-399'],
  ],
  [
    'an address without https',
    envelopeWith('https://api.envelope.host/up', 'api.envelope.host/up'),
    [inEnvelope('20:10'), 'https://api.example.com/up'],
  ],
  [
    'who migrates',
    envelopeWith('migration: pipeline', 'migration: pipelin'),
    [inEnvelope('12:16'), 'one of pipeline, after, none'],
  ],
  [
    'a pipeline that is a text',
    envelopeWith('- name: tenant', '- tenant'),
    [inEnvelope('13:5'), 'a map with keys'],
  ],
  [
    'a command that is a text',
    envelopeWith('[php, artisan, migrate, --force]', 'php artisan migrate'),
    [inEnvelope('17:12'), 'a list of the program'],
  ],
  [
    'stages that are a text',
    envelopeWith('migration: pipeline', 'neverAbandon: Migrate'),
    [inEnvelope('12:19'), 'a list of names of stages'],
  ],
  [
    'no target group',
    envelopeWith('worker: {}', 'worker: {targetGroups: []}'),
    [inEnvelope('5:26'), 'a list of 1 to 5'],
  ],
]);

check('within an environment', [
  [
    'a migration in a service that there is not',
    envelopeWith('service: api', 'service: aip'),
    [inEnvelope('16:12'), 'service aip', 'Did you mean `api`?'],
  ],
  [
    'a migration in a service that this environment has not',
    prodWith('services: {api: null}\n'),
    [inEnvelope('16:12'), 'no such service in prod', 'worker, scheduler'],
  ],
  [
    'a migration after a pipeline, and nothing that migrates',
    {
      'applications/envelope.yml': envelopeText
        .replace('pipeline\n', 'after\n')
        .replace(/migration:\n.*\n.*\n/, ''),
    },
    [inEnvelope('12:16'), 'after this pipeline', 'migration: none'],
  ],
  [
    'one ECS service twice',
    envelopeWith('worker: {}', 'worker: {service: envelope-prod-api}'),
    [inEnvelope('5:21'), 'service worker', 'which the service api has already'],
  ],
  [
    'one pipeline twice',
    envelopeWith('- name: hq', '- name: tenant'),
    [inEnvelope('14:11'), 'pipeline 3', 'which the pipeline 2 has already'],
  ],
  [
    'one CodePipeline twice',
    envelopeWith('- name: hq', '- name: hq\n    pipeline: envelope-prod-api-pipeline'),
    [inEnvelope('15:15'), 'pipeline hq', 'which the pipeline api has already'],
  ],
  [
    'one address twice',
    envelopeWith('https://demo.envelope.host/', 'https://admin.envelope.host/'),
    [inEnvelope('26:10'), 'health check tenant', 'which the health check hq has already'],
  ],
  [
    'one repository twice',
    envelopeWith('images:\n  api: {}', 'images:\n  api: {repository: envelope-hq}'),
    [inEnvelope('33:3'), 'image hq', 'which the image api has already'],
  ],
  [
    'one GitHub environment for the approval and the jobs',
    prodWith('github: {deployment: Prod}\n'),
    [inEnvelope('38:26'), 'asked once a job'],
  ],
]);

const staging = `${envelopeText.replace(/healthChecks:[\s\S]*(?=database)/, '')}  staging:
    accountId: "123456789012"
    region: eu-west-2
`;

check('between environments', [
  ['nothing, where all names have the environment', { 'applications/envelope.yml': staging }],
  [
    'names without it',
    {
      'applications/envelope.yml': staging
        .replace('{environment}-cluster', 'cluster')
        .replace('  api: {}', '  api: {service: api}')
        .replace('- name: tenant', '- name: tenant\n    pipeline: tenant-pipeline'),
    },
    [
      inEnvelope('4:18'),
      'envelope in staging',
      'ECS service api',
      'envelope in prod has already',
      '{environment}',
    ],
    [inEnvelope('14:15'), 'CodePipeline tenant-pipeline'],
  ],
  [
    'the address of another environment',
    { 'applications/envelope.yml': `${staging}healthChecks: {api: {url: https://api.envelope.host/up}}\n` },
    [
      inEnvelope(`${staging.split('\n').length}:27`),
      'address to check https://api.envelope.host/up',
      'envelope in prod',
    ],
  ],
  [
    'the GitHub environment of another one',
    { 'applications/envelope.yml': `${staging}    github: {deployment: prod}\n` },
    [
      inEnvelope(`${staging.split('\n').length}:26`),
      'deployment of envelope in staging',
      'approval of envelope in prod',
    ],
  ],
  [
    'the GitHub environment of tenants',
    {
      ...envelopeWith(
        '    region: eu-west-2\n',
        '    region: eu-west-2\n    github: {deployment: SIT-tenants}\n',
      ),
      'environments/sit.yml': environmentText,
      'tenants/goldencrust.yml': tenantText('goldencrust'),
    },
    [inEnvelope('38:26'), 'the tenants in sit', 'could take roles'],
  ],
]);
