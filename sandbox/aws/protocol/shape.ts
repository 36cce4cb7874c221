// Checks a request against its operation's schema and turns it into what a service works with.
// Everything wrong is collected, as AWS collects it; unknown members are refused so that a typo cannot pass a rehearsal.
import type { NormalizedSchema } from '@smithy/core/schema';

export type Violation = {
  readonly kind: 'missing' | 'type' | 'unknown' | 'constraint';
  /** AWS's way to write a member: `tags.1.member.key`. */
  readonly path: string;
  readonly text: string;
};

export type Constraint = {
  /** Least and greatest: of a number its value, of a text its length, of a list its size. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
};

/** Finds the constraint of `Structure.member`, `Structure.list[]` or `Structure.map{}`. */
export type Constraints = (place: string) => Constraint | undefined;

type Spot = { readonly path: string; readonly place: string };
type Walk = {
  readonly constraints: Constraints;
  readonly report: (violation: Violation) => void;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const join = (path: string, next: string): string => (path ? `${path}.${next}` : next);

/** A form's or query string's text as JSON would have carried it; what cannot be converted stays text and fails the check. */
export const fromText = (schema: NormalizedSchema, text: string): unknown => {
  if (schema.isNumericSchema() && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (schema.isBooleanSchema() && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

const patterns = new Map<string, RegExp>();

/** The models' patterns are Java's: those with \p{L} need the u flag, others use escapes that the u flag forbids. */
const compile = (pattern: string): RegExp => {
  const whole = pattern.startsWith('^') ? pattern : `^(?:${pattern})$`;
  const compiled = patterns.get(pattern) ?? new RegExp(whole, pattern.includes('\\p{') ? 'u' : '');
  patterns.set(pattern, compiled);
  return compiled;
};

const sizeOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Uint8Array ? value.byteLength : undefined;
};

const brokenRules = (value: unknown, { min, max, pattern, enum: values }: Constraint): readonly string[] => {
  const size = sizeOf(value);
  const measure = typeof value === 'number' ? 'value' : 'length';
  return [
    min !== undefined && size !== undefined && size < min
      ? `Member must have ${measure} greater than or equal to ${min}`
      : '',
    max !== undefined && size !== undefined && size > max
      ? `Member must have ${measure} less than or equal to ${max}`
      : '',
    pattern && typeof value === 'string' && !compile(pattern).test(value)
      ? `Member must satisfy regular expression pattern: ${pattern}`
      : '',
    values && typeof value === 'string' && !values.includes(value)
      ? `Member must satisfy enum value set: [${values.join(', ')}]`
      : '',
  ].filter((rule) => rule !== '');
};

const checkConstraint = (schema: NormalizedSchema, value: unknown, spot: Spot, walk: Walk): void => {
  const constraint = walk.constraints(spot.place);
  if (!constraint) return;
  const shown = schema.getMergedTraits().sensitive ? '***sensitive***' : String(value).slice(0, 100);
  for (const rule of brokenRules(value, constraint)) {
    const text = `Value '${shown}' at '${spot.path}' failed to satisfy constraint: ${rule}`;
    walk.report({ kind: 'constraint', path: spot.path, text });
  }
};

const readTimestamp = (value: unknown): Date | undefined => {
  const date = typeof value === 'number' ? new Date(value * 1000) : new Date(String(value));
  return Number.isNaN(date.getTime()) ? undefined : date;
};

const isBase64 = (value: string): boolean => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0;

const readScalar = (schema: NormalizedSchema, value: unknown): unknown => {
  if (schema.isDocumentSchema()) return value;
  if (schema.isTimestampSchema()) return readTimestamp(value);
  if (schema.isBlobSchema())
    return typeof value === 'string' && isBase64(value)
      ? new Uint8Array(Buffer.from(value, 'base64'))
      : undefined;
  if (schema.isStringSchema()) return typeof value === 'string' ? value : undefined;
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'number' ? value : undefined;
};

const requiredMembers = (schema: NormalizedSchema): ReadonlySet<string> => {
  // A structure's schema is [kind, namespace, name, traits, names, schemas, count]: the first `count` names are required.
  const [, , , , names, , count] = schema.getSchema() as unknown as readonly unknown[];
  return new Set(Array.isArray(names) ? names.slice(0, typeof count === 'number' ? count : 0) : []);
};

const readStruct = (schema: NormalizedSchema, value: unknown, spot: Spot, walk: Walk): unknown => {
  if (!isRecord(value)) return wrongType('a structure', spot, walk);
  const members = schema.getMemberSchemas();
  const given = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  for (const name of requiredMembers(schema)) {
    if (given.some(([key]) => key === name)) continue;
    const path = join(spot.path, lowerFirst(name));
    const text = `Value null at '${path}' failed to satisfy constraint: Member must not be null`;
    walk.report({ kind: 'missing', path, text });
  }
  const read = given.flatMap(([name, raw]) => {
    const member = members[name];
    const path = join(spot.path, lowerFirst(name));
    if (member) return [[name, readValue(member, raw, { path, place: `${schema.getName()}.${name}` }, walk)]];
    walk.report({ kind: 'unknown', path, text: `Unknown parameter '${path}'` });
    return [];
  });
  return Object.fromEntries(read);
};

const readList = (schema: NormalizedSchema, value: unknown, spot: Spot, walk: Walk): unknown => {
  if (!Array.isArray(value)) return wrongType('a list', spot, walk);
  checkConstraint(schema, value, spot, walk);
  return value.map((item, index) =>
    readValue(
      schema.getValueSchema(),
      item,
      { path: `${spot.path}.${index + 1}.member`, place: `${spot.place}[]` },
      walk,
    ),
  );
};

const readMap = (schema: NormalizedSchema, value: unknown, spot: Spot, walk: Walk): unknown => {
  if (!isRecord(value)) return wrongType('a map', spot, walk);
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    readValue(schema.getValueSchema(), item, { path: `${spot.path}.${key}`, place: `${spot.place}{}` }, walk),
  ]);
  return Object.fromEntries(entries);
};

const wrongType = (wanted: string, spot: Spot, walk: Walk): undefined => {
  walk.report({ kind: 'type', path: spot.path, text: `'${spot.path}' must be ${wanted}` });
  return undefined;
};

const readValue = (schema: NormalizedSchema, value: unknown, spot: Spot, walk: Walk): unknown => {
  if (schema.isStructSchema()) return readStruct(schema, value, spot, walk);
  if (schema.isListSchema()) return readList(schema, value, spot, walk);
  if (schema.isMapSchema()) return readMap(schema, value, spot, walk);
  const read = readScalar(schema, value);
  if (read === undefined) return wrongType('of another type', spot, walk);
  checkConstraint(schema, read, spot, walk);
  return read;
};

/** The typed input and everything wrong with it. */
export const readInput = (
  schema: NormalizedSchema,
  raw: unknown,
  constraints: Constraints,
): { readonly input: object; readonly violations: readonly Violation[] } => {
  const violations: Violation[] = [];
  if (schema.isUnitSchema()) return { input: {}, violations };
  const walk: Walk = { constraints, report: (violation) => violations.push(violation) };
  const input = readStruct(schema, raw, { path: '', place: '' }, walk);
  return { input: isRecord(input) ? input : {}, violations };
};

/** A copy without what the model calls sensitive: the account's audit trail never holds it either. */
export const withoutSensitive = (schema: NormalizedSchema, value: unknown): unknown => {
  if (value === undefined || value === null) return value;
  if (schema.isStructSchema() && isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const memberSchema = schema.getMemberSchemas()[name];
        return [name, memberSchema ? withoutSensitive(memberSchema, member) : member];
      }),
    );
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((item) => withoutSensitive(schema.getValueSchema(), item));
  if (!schema.getMergedTraits().sensitive) return value;
  return typeof value === 'string' ? '***sensitive***' : new Uint8Array(1);
};
