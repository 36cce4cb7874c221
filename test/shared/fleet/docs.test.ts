// docs/manifests.md says what the schemas say.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { applicationFileSchema } from '../../../src/shared/fleet/application-schema.ts';
import { environmentFileSchema } from '../../../src/shared/fleet/environment-schema.ts';
import { tenantSchema } from '../../../src/shared/fleet/tenant-schema.ts';
import { applicationIn } from './application-files.ts';
import { fleetWith } from './files.ts';

const page = readFileSync(new URL('../../../docs/manifests.md', import.meta.url), 'utf8');

type Field = {
  readonly properties?: Readonly<Record<string, Field>>;
  readonly additionalProperties?: Field | boolean;
  readonly items?: Field;
  readonly required?: readonly string[];
  readonly default?: unknown;
};

/** Key and default of each row, as the schema has them. */
const fieldsOf = (schema: Field, prefix = ''): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...Object.entries(schema.properties ?? {}).map(([key, field]) => {
      const inner = key === 'defaults' ? {} : fieldsOf(field, `${prefix}${key}.`);
      return Object.keys(inner).length ? inner : { [`${prefix}${key}`]: defaultOf(schema, key) };
    }),
  );

const defaultOf = ({ properties, required }: Field, key: string): string => {
  if (required?.includes(key)) return 'required';
  const value = properties?.[key]?.default;
  if (value === undefined) return '–';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

/** With the keys inside maps and lists; what an environment may say again stands there once. */
const applicationFields = (): Readonly<Record<string, string>> => {
  const fields = deepFieldsOf(jsonSchema(applicationFileSchema));
  const again = /^environments\.<name>\./;
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => !(again.test(key) && key.replace(again, '') in fields)),
  );
};

const deepFieldsOf = (schema: Field, prefix = ''): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...Object.entries(schema.properties ?? {}).map(([key, field]) => {
      const { additionalProperties: values, items } = field;
      const inner = {
        ...deepFieldsOf(field, `${prefix}${key}.`),
        ...(typeof values === 'object' ? deepFieldsOf(values, `${prefix}${key}.<name>.`) : {}),
        ...(items ? deepFieldsOf(items, `${prefix}${key}[].`) : {}),
      };
      return Object.keys(inner).length ? inner : { [`${prefix}${key}`]: defaultOf(schema, key) };
    }),
  );

const rowsOf = (title: string): Readonly<Record<string, string>> => {
  const section = page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([\w.<>[\]]+)` \| [^|]* \| ([^|]*) \|/gm)];
  return Object.fromEntries(rows.map(([, key = '', value = '']) => [key, value.trim()]));
};

const jsonSchema = (schema: z.ZodType): Field => z.toJSONSchema(schema, { io: 'input' }) as Field;

describe('the tables', () => {
  test.each([
    ['A tenant', tenantSchema],
    ['An environment', environmentFileSchema],
  ])('%s has every key with its default', (title, schema) => {
    expect(rowsOf(title)).toEqual(fieldsOf(jsonSchema(schema)));
  });

  test('An application has every key with its default', () => {
    expect(rowsOf('An application')).toEqual(applicationFields());
  });
});

test('the examples make a fleet', () => {
  const texts = [...page.matchAll(/```yaml\n# fleet\/(\S+)\n([\s\S]*?)```/g)].map(
    ([, path = '', text = '']) => [path, text],
  );
  expect(texts).toHaveLength(3);
  expect(fleetWith(Object.fromEntries(texts)).tenants.get('sit')?.get('goldencrust')).toMatchObject({
    priority: 140,
    memory: 1024,
  });
  const application = { 'applications/envelope.yml': Object.fromEntries(texts)['applications/envelope.yml'] };
  expect(applicationIn(application, 'staging')).toMatchObject({
    services: [{ name: 'api' }, { name: 'tenant' }],
    healthChecks: [{ url: 'https://api.staging.envelope.host/up', contains: 'Application up' }],
  });
});
