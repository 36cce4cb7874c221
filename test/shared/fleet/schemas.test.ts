// The JSON Schemas for editors: as generated, of one mind with the actions, and named in every example.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { schemaNames, schemaText } from '../../../scripts/schemas/generate.ts';
import { applicationProblems, envelopeText } from './application-files.ts';
import { environmentText, environmentWith, problemsWith, tenantText } from './files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test.each(schemaNames)('schemas/%s.json is what the sources make', (name) => {
  expect(read(`schemas/${name}.json`)).toBe(schemaText(name));
});

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
const validators = new Map(
  schemaNames.map((name) => [name, ajv.compile(JSON.parse(read(`schemas/${name}.json`)))]),
);
const validator = (name: (typeof schemaNames)[number]): ValidateFunction => {
  const found = validators.get(name);
  if (!found) throw new Error(name);
  return found;
};

/** What an editor says of the file, and what the actions say of a fleet with it. */
const verdicts = (path: string, text: string) => {
  const validate = validator(kindOf(path));
  const editor = validate(parse(text) ?? null) === true;
  return {
    editor: editor ? [] : validate.errors?.map(({ instancePath, message }) => [instancePath, message]),
    actions: (path.startsWith('applications/') ? applicationProblems : problemsWith)({ [path]: text }),
  };
};

const kindOf = (path: string) => {
  if (path === 'defaults.yml') return 'defaults';
  if (path.startsWith('applications/')) return 'application';
  return path.startsWith('tenants/') ? 'tenant' : 'environment';
};

const goldencrust = (more: string) => ['tenants/goldencrust.yml', tenantText('goldencrust', more)] as const;
const sit = (more: string) => ['environments/sit.yml', `${environmentText}${more}`] as const;
const changed = (line: string, instead: string) =>
  ['environments/sit.yml', environmentWith(line, instead)] as const;
const defaults = (text: string) => ['defaults.yml', text] as const;
const envelope = (from: string, to: string) =>
  ['applications/envelope.yml', envelopeText.replace(from, to)] as const;
const prod = (more: string) => ['applications/envelope.yml', `${envelopeText}    ${more}`] as const;

describe('an editor and the actions agree', () => {
  test.each([
    goldencrust(''),
    goldencrust('state: active\npriority: null\nmemory: null\nhealthCheck: null\n'),
    goldencrust('variables: {A_B: "x", C: null}\ntags: {"Cost centre": "Straße 1", B: null}\n'),
    goldencrust('host: "{tenant}-x.{environment}.{domain}"\nstorage: {path: "/{environment}/{tenant}"}\n'),
    goldencrust('database: {name: "my{tenant}", user: mymysql}\nhealthCheck: {matcher: "200,302"}\n'),
    goldencrust('healthCheck: {redirectsTo: [shop.example.com, www.example.org]}\n'),
    defaults('image: a:b\nvariables: {KEYBOARD_LAYOUT: us, MONKEY: x}\n'),
    defaults('database: {name: null}\ncircuitBreaker: {rollback: false}\n'),
    sit('protected: null\nroles: {plan: a, deploy: null}\naccess: null\n'),
    sit('rollout: {failureBudget: "10%", soakMinutes: null}\ndefaults: {memory: null, tags: {A: null}}\n'),
    sit(
      'waves:\n  - {name: pilot, tenants: [goldencrust], failureBudget: 3}\n  - {name: b, rest: {size: 4}}\n',
    ),
    sit('github: {approval: "Prod gate", deployment: prod/tenants}\nwaves: null\n'),
    prod(''),
    prod('services: {hq: null, api: {logGroup: "/{environment}", targetGroups: [a-b]}, x: {}}\n'),
    prod('migration: null\n    database: null\n    images: null\n    pipelines: []\n'),
    prod('healthChecks: {hq: null, api: {contains: null, matcher: "200-399"}}\n'),
    prod(
      'migration: {command: [a, ""]}\n    roles: {release: "{environment}-r"}\n    github: {approval: a b}\n',
    ),
  ])('that this is right: %s %s', (path, text) => {
    expect(verdicts(path, text)).toEqual({ editor: [], actions: [] });
  });

  test.each([
    goldencrust('memroy: 5\n'),
    goldencrust('priority: 0\n'),
    goldencrust('priority: 50001\n'),
    goldencrust('priority: "5"\n'),
    goldencrust('priority: 1.5\n'),
    goldencrust('cpu: 300\n'),
    goldencrust('state: gone\n'),
    goldencrust('host: Foo_Bar\n'),
    goldencrust('host: "{name}.example.com"\n'),
    goldencrust('healthCheck: 5\n'),
    goldencrust('healthCheck: {timeout: 5}\n'),
    goldencrust('storage: {permissions: "888"}\n'),
    goldencrust('storage: {path: "/a b"}\n'),
    goldencrust('database: {name: mysql}\n'),
    goldencrust('database: {name: a.b}\n'),
    goldencrust('database: {user: rdsadmin}\n'),
    goldencrust('variables: {WORDPRESS_DB_HOST: x}\n'),
    goldencrust('variables: {Smtp_Password: x}\n'),
    goldencrust('variables: {AUTH_KEY: x}\n'),
    goldencrust('variables: {"a b": x}\n'),
    goldencrust('variables: {A: 5}\n'),
    goldencrust('tags: {Tenant: x}\n'),
    goldencrust('tags: {"aws:x": y}\n'),
    goldencrust('tags: {"a;b": y}\n'),
    ['tenants/goldencrust.yml', 'name: goldencrust\nimage: a:b\n'],
    ['tenants/goldencrust.yml', 'name: goldencrust\nimage: a:b\nenvironments: {sit: null}\n'],
    ['tenants/goldencrust.yml', 'name: null\nimage: a:b\nenvironments: {sit: {}}\n'],
    ['tenants/goldencrust.yml', 'name: goldencrust\nimage: a:b\nenvironments: {sit: {name: x}}\n'],
    ['tenants/Gold.yml', tenantText('Gold')],
    ['tenants/db-init-x.yml', tenantText('db-init-x')],
    defaults('name: x\n'),
    defaults('state: retired\n'),
    defaults('environments: {}\n'),
    changed('region: eu-west-1\n', ''),
    changed('"815856636111"', '"81585663611"'),
    changed('[subnet-09d1d2de85ae02264]', '[]'),
    changed('[subnet-09d1d2de85ae02264]', '[subnet-09d1d2de85ae02264, subnet-09d1d2de85ae02264]'),
    changed('[subnet-09d1d2de85ae02264]', '[null]'),
    changed('sit-ecs-task-execution-role', 'arn:aws:iam::815856636111:role/x'),
    changed('sit-rds-master-credentials', 'sit-rds-Ab12cd'),
    sit('defaults: {state: retired}\n'),
    sit('roles: {destroy: x}\n'),
    sit('access: {strategy: inline}\n'),
    sit('rollout: {maxConcurrency: 257}\n'),
    sit('rollout: {failureBudget: "101%"}\n'),
    sit('rollout: {failureBudget: -1}\n'),
    sit(`github: {approval: ${'a'.repeat(256)}}\n`),
    sit('waves: [{name: a, tenants: []}]\n'),
    sit('waves: [{name: a, tenants: [goldencrust, goldencrust]}]\n'),
    sit('waves: [{name: a}]\n'),
    sit('waves: [{name: a, rest: {size: 0}}]\n'),
    sit('waves: [{name: a, rest: {size: 1}, tenants: [goldencrust]}]\n'),
    sit('waves: [{name: a, rest: {size: 1}, soakMinutes: null}]\n'),
    envelope('cluster:', 'clutser:'),
    envelope('cluster:', 'region: eu-west-2\ncluster:'),
    envelope('{environment}-cluster', '{enviroment}-cluster'),
    envelope('worker: {}', 'worker: null'),
    envelope('worker: {}', 'worker: {service: null}'),
    envelope('worker: {}', 'Worker: {}'),
    envelope('worker: {}', 'worker: {targetGroups: []}'),
    envelope('- name: hq', '- hq'),
    envelope('- name: hq', '- pipeline: hq'),
    envelope('migration: pipeline', 'migration: null'),
    envelope('migration: pipeline', 'migration: before'),
    envelope('[php, artisan, migrate, --force]', 'php artisan migrate'),
    envelope('[php, artisan, migrate, --force]', '[php, 5]'),
    envelope('https://api', 'ftp://api'),
    envelope('"200,302"', '200'),
    envelope('  instance:', '  instanec:'),
    envelope('"123456789012"', '"12345678901"'),
    envelope('    region: eu-west-2\n', ''),
    envelope('    region: eu-west-2\n', '    region: null\n'),
    prod('services: {x: {service: "a b"}}\n'),
    prod('roles: {plan: x}\n'),
    prod('name: prod\n'),
  ] as const)('that this is wrong: %s %s', (path, text) => {
    const { editor, actions } = verdicts(path, text);
    expect(editor).not.toEqual([]);
    expect(actions).not.toEqual([]);
  });
});

const kinds = [
  ['wpsit/defaults.yml', 'defaults'],
  ['wpsit/environments/*.yml', 'environment'],
  ['wpsit/tenants/*.yml', 'tenant'],
  ['envelope/applications/*.yml', 'application'],
] as const;

describe('every example', () => {
  const files = kinds.flatMap(([pattern, kind]) =>
    globSync(`examples/${pattern}`, { cwd: root }).map((file) => [file, kind] as const),
  );

  test('is looked at', () => {
    expect(files.map(([file]) => file).sort()).toEqual(
      globSync('examples/{wpsit,envelope}/**/*.{yml,yaml}', { cwd: root }).sort(),
    );
  });

  test.each(files)('%s names its schema and fits it', (file, kind) => {
    const schema = relative(dirname(join(root, file)), join(root, 'schemas', `${kind}.json`));
    expect(read(file).split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}`);
    expect(validator(kind)(parse(read(file)))).toBe(true);
  });
});

test.each(schemaNames)('every key of schemas/%s.json says what it is', (name) => {
  const schema = JSON.parse(schemaText(name));
  expect(schema.$id).toMatch(new RegExp(`/v1/schemas/${name}\\.json$`));
  expect(undescribed(schema)).toEqual([]);
});

type Json = { readonly description?: string; readonly properties?: Readonly<Record<string, Json>> };

/** Maps of keys explain themselves by their keys. */
const undescribed = ({ properties = {} }: Json, path = ''): readonly string[] =>
  Object.entries(properties).flatMap(([key, value]) =>
    value.properties ? undescribed(value, `${path}${key}.`) : value.description ? [] : [`${path}${key}`],
  );
