// docs/manifests.md says what the schemas say.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { environmentFileSchema } from '../../../src/shared/fleet/environment-schema.ts';
import { tenantSchema } from '../../../src/shared/fleet/tenant-schema.ts';
import { fleetWith } from './files.ts';

const page = readFileSync(new URL('../../../docs/manifests.md', import.meta.url), 'utf8');

type Field = {
  readonly properties?: Readonly<Record<string, Field>>;
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

const rowsOf = (title: string): Readonly<Record<string, string>> => {
  const section = page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([\w.]+)` \| [^|]* \| ([^|]*) \|/gm)];
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
});

test('the examples make a fleet', () => {
  const texts = [...page.matchAll(/```yaml\n# fleet\/(\S+)\n([\s\S]*?)```/g)].map(
    ([, path = '', text = '']) => [path, text],
  );
  expect(texts).toHaveLength(2);
  expect(fleetWith(Object.fromEntries(texts)).tenants.get('sit')?.get('goldencrust')).toMatchObject({
    priority: 140,
    memory: 1024,
  });
});
