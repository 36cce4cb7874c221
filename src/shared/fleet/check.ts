// A layer against its schema: each wrong key or value becomes a problem with its place and what to write
// instead, and is taken out, so that the layers above it and the rules can still be checked in the same run.
import * as z from 'zod';
import type { Problem } from '../errors.ts';
import { didYouMean } from './nearest.ts';
import { prune, type Touches, touching } from './paths.ts';
import { type At, type Branch, find, keyAt, mergeAll, type Path, placeOf, plain, type Tree } from './tree.ts';

/** What a file or a part of it contributes, without what is wrong in it. */
export type Layer = {
  readonly branch: Branch;
  /** Where a wrong or missing value stands: rules that read it have nothing to say. */
  readonly isBroken: Touches;
};

export type Checked = Layer & {
  readonly problems: readonly Problem[];
  /** The paths behind `isBroken`. */
  readonly broken: readonly Path[];
};

type Issue = z.core.$ZodIssue;

/** `refused`: what the reader has told problems of. */
export const checkLayer = (schema: z.core.$ZodType, branch: Branch, refused: readonly Path[]): Checked => {
  const layer = mergeAll([branch]);
  const result = z.safeParse(schema, plain(layer));
  const isRefused = touching(refused);
  const issues = (result.error?.issues ?? [])
    .map((issue) => ({ issue, path: issue.path.map((step) => (typeof step === 'symbol' ? '' : step)) }))
    .filter(({ issue, path }) => issue.code === 'unrecognized_keys' || !isRefused(path));
  const wrong = issues.flatMap(({ issue, path }) => wrongPaths(issue, path));
  const broken = issues.filter(({ issue }) => issue.code !== 'unrecognized_keys').map(({ path }) => path);
  return {
    problems: issues.flatMap(({ issue, path }) => problemsOf(issue, { path, layer, schema })),
    branch: prune(branch, [...refused, ...wrong]),
    broken: [...refused, ...broken],
    isBroken: touching([...refused, ...broken]),
  };
};

const wrongPaths = (issue: Issue, path: Path): readonly Path[] =>
  issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];

type Context = { readonly path: Path; readonly layer: Branch; readonly schema: z.core.$ZodType };

const problemsOf = (issue: Issue, context: Context): readonly Problem[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, context));
  if (issue.code === 'invalid_key') return [refusedKey(issue, context)];
  const tree = find(context.layer, context.path);
  return [tree ? wrongValue(issue, tree, context) : missingKey(issue, context)];
};

const at = (where: At): { readonly place: NonNullable<Problem['place']> } => ({ place: placeOf(where) });

export const nameOf = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index ? '.' : ''}${step}`)).join('');

const unknownKey = (key: string, { path, layer, schema }: Context): Problem => {
  const known = keysAt(schema, path);
  const full = [...path, key];
  return {
    what: `\`${nameOf(full)}\` is not a key here.`,
    fix: didYouMean(key, known, 'Keys here'),
    ...at(keyAt(layer, full) ?? layer.at),
  };
};

const refusedKey = (issue: z.core.$ZodIssueInvalidKey, { path, layer }: Context): Problem => {
  const [inner] = issue.issues;
  const what = inner?.code === 'custom' ? String(inner.params?.what) : 'is not a key.';
  return {
    what: `\`${nameOf(path)}\` ${what}`,
    fix: inner?.message ?? '',
    ...at(keyAt(layer, path) ?? layer.at),
  };
};

const missingKey = (issue: Issue, { path, layer }: Context): Problem => {
  const parents = path.map((_, index) => path.slice(0, index));
  const nearest = parents.toReversed().find((parent) => find(layer, parent));
  return {
    what: `\`${nameOf(path)}\` is missing.`,
    fix: `Write ${issue.message}.`,
    ...at(keyAt(layer, nearest ?? []) ?? layer.at),
  };
};

const wrongValue = (issue: Issue, tree: Tree, { path }: Context): Problem => ({
  what: `\`${nameOf(path)}\` is ${mayHoldSecret(path) ? kindOf(tree) : describe(tree)}.`,
  fix: requote(issue, tree, path) ?? `Write ${issue.message}.`,
  ...at(tree.at),
});

/** A person may have put the secret itself where its name belongs, or into a variable. */
const mayHoldSecret = (path: Path): boolean =>
  path.includes('variables') || path.includes('command') || /secret$/i.test(String(path.at(-1)));

const kindOf = (tree: Tree): string => {
  if (tree.kind === 'list') return tree.items.length ? `a list of ${tree.items.length}` : 'an empty list';
  if (tree.kind === 'branch') return 'a map';
  if (tree.value === null) return 'empty';
  return typeof tree.value === 'string' ? 'a text that does not fit' : `a ${typeof tree.value}`;
};

const describe = (tree: Tree): string => {
  if (tree.kind !== 'leaf' || tree.value === null) return kindOf(tree);
  if (typeof tree.value !== 'string') return `the ${typeof tree.value} ${tree.written}`;
  const value = tree.value.replace(/(\w:\/\/)[^/@\s]*@/g, '$1***@');
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return `the text ${JSON.stringify(shown)}`;
};

/** The commonest slip has the shortest remedy: quotes too many or too few. */
const requote = (issue: Issue, tree: Tree, path: Path): string | undefined => {
  if (tree.kind !== 'leaf' || tree.value === null) return undefined;
  const key = String(path.at(-1));
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof tree.value !== 'string')
    return mayHoldSecret(path) ? 'Put the value in quotes.' : `Put it in quotes: ${key}: "${tree.written}".`;
  const right =
    issue.code === 'invalid_value'
      ? issue.values.map(String)
      : issue.code === 'invalid_type' && ['int', 'number', 'boolean'].includes(issue.expected)
        ? [/^(?:-?\d+|true|false)$/.exec(String(tree.value))?.[0]]
        : [];
  return typeof tree.value === 'string' && right.includes(tree.value)
    ? `Write it without quotes: ${key}: ${tree.value}.`
    : undefined;
};

/** The keys that the schema knows in the map at `path`. */
const keysAt = (schema: z.core.$ZodType, path: Path): readonly string[] => {
  const inner = unwrap(schema);
  const [step, ...rest] = path;
  if (inner instanceof z.ZodObject) {
    const next = step === undefined ? undefined : inner.shape[String(step)];
    return step === undefined ? Object.keys(inner.shape) : next ? keysAt(next, rest) : [];
  }
  if (inner instanceof z.ZodRecord && step !== undefined) return keysAt(inner.valueType, rest);
  if (inner instanceof z.ZodArray && step !== undefined) return keysAt(inner.element, rest);
  return [];
};

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault ||
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodExactOptional
    ? unwrap(schema.unwrap())
    : schema;
