// JSON Schemas for editors, from the zod schemas that read the manifests. Where a manifest may say null, so may the
// schema: null removes what a lower layer says.
import * as z from 'zod';
import { applicationFileSchema } from '../../src/shared/fleet/application-schema.ts';
import { environmentFileSchema } from '../../src/shared/fleet/environment-schema.ts';
import { tenantFileSchema, tenantSchema } from '../../src/shared/fleet/tenant-schema.ts';

type Schema = z.core.JSONSchema.BaseSchema;

const schemas = {
  defaults: { schema: tenantSchema, title: 'What every tenant of a fleet starts from: defaults.yml' },
  environment: { schema: environmentFileSchema, title: 'An environment of a fleet: environments/<name>.yml' },
  tenant: { schema: tenantFileSchema, title: 'A tenant of a fleet: tenants/<name>.yml' },
  application: { schema: applicationFileSchema, title: 'An application of a fleet: applications/<name>.yml' },
} as const;

export const schemaNames = Object.keys(schemas) as readonly (keyof typeof schemas)[];

/** The text of schemas/<name>.json. */
export const schemaText = (name: keyof typeof schemas): string => {
  const { schema, title } = schemas[name];
  const { $schema, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema),
  });
  const head = { $schema, $id: `${address}/${name}.json`, title };
  const whole = name === 'application' ? nullableInEnvironments(made) : nullable(made);
  return `${JSON.stringify({ ...head, ...whole }, undefined, 2)}\n`;
};

/** Null removes what an application says for all its environments, so only an environment may say it, and only of that. */
const nullableInEnvironments = (schema: Schema): Schema => {
  const { environments, ...shared } = schema.properties ?? {};
  if (!isSchema(environments) || !isSchema(environments.additionalProperties)) return schema;
  const home = environments.additionalProperties;
  const properties = Object.fromEntries(
    Object.entries(home.properties ?? {}).map(([key, value]) => [
      key,
      key in shared && isSchema(value) ? orNull(removable(value)) : value,
    ]),
  );
  const additionalProperties = { ...home, properties };
  return {
    ...schema,
    properties: { ...schema.properties, environments: { ...environments, additionalProperties } },
  };
};

/** With null for everything in its maps that need not be there. */
const removable = (schema: Schema): Schema => {
  const { properties, required = [], additionalProperties: values } = schema;
  const inside = (value: Schema) => orNull(removable(value));
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [
          key,
          isSchema(value) && !required.includes(key) ? inside(value) : value,
        ]),
      ),
    }),
    ...(isSchema(values) && { additionalProperties: inside(values) }),
  };
};

/** Of the major version: a manifest that fits keeps fitting. */
const address = 'https://raw.githubusercontent.com/your-org/tenant-actions/v1/schemas';

/** A field without words of its own says what its error would tell to write. */
const describe = (zodSchema: z.core.$ZodType, jsonSchema: Schema): void => {
  if (jsonSchema.description || jsonSchema.properties) return;
  const error = zodSchema._zod.def.error as z.core.$ZodErrorMap | undefined;
  const right = error?.({ code: 'custom', input: undefined, path: [], params: {} });
  const text = typeof right === 'string' ? right : right?.message;
  if (text) jsonSchema.description = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
};

/** Every key that need not be there may be null; what must be there may not, nor anything inside a list. */
const nullable = (schema: Schema): Schema => {
  const { properties, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties && { properties: mapValues(properties, schema.required ?? []) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isSchema(additionalProperties)
        ? valueOf(additionalProperties)
        : additionalProperties,
    }),
  };
};

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (properties: NonNullable<Schema['properties']>, required: readonly string[]) =>
  Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const inside = isSchema(value) ? nullable(value) : value;
      return [key, required.includes(key) || !isSchema(inside) ? inside : orNull(inside)];
    }),
  );

/** An environment left empty is refused: it could mean "in it" as well as "not in it". */
const valueOf = (value: Schema): Schema => (value.type === 'object' ? nullable(value) : orNull(nullable(value)));

const orNull = (schema: Schema): Schema => ({
  ...schema,
  ...(schema.anyOf && { anyOf: [...schema.anyOf, { type: 'null' }] }),
  ...(schema.enum && { enum: [...schema.enum, null] }),
  ...(typeof schema.type === 'string' && { type: [schema.type, 'null'] as unknown as 'null' }),
});
