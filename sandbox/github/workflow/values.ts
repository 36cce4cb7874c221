// Plain values on our side of GitHub's expression language: what contexts hold and expressions give.
import { data, type ExpressionData } from './library.ts';

export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };
export type Values = { readonly [name: string]: Value };

type Data = ExpressionData.ExpressionData;

// Contexts are immutable and large ones (an event, a plan in an output) are read in every expression of a run.
const known = new WeakMap<object, Data>();

export const toData = (value: Value | undefined): Data => {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'string') return new data.StringData(value);
  const before = known.get(value);
  if (before) return before;
  const made = compose(value);
  known.set(value, made);
  return made;
};

const compose = (value: readonly Value[] | Values): Data => {
  if (isList(value)) {
    const list = new data.Array();
    for (const item of value) list.add(toData(item));
    return list;
  }
  const dictionary = new data.Dictionary();
  for (const [name, item] of Object.entries(value)) dictionary.add(name, toData(item));
  return dictionary;
};

export const fromData = (found: Data): Value => JSON.parse(JSON.stringify(found, data.replacer)) as Value;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isRecord = (value: Value | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As GitHub writes a value into text; undefined for lists and mappings, which it does not write. */
export const textOf = (value: Value): string | undefined => {
  if (value === null) return '';
  return typeof value === 'object' ? undefined : toData(value).coerceString();
};

export const isTrue = (value: Value): boolean => Boolean(value) && !Number.isNaN(value);
