// What a caller asks a pipeline to release: variables and source revisions, a line each. Pure; the limits are CodePipeline's.
import type { SourceRevisionType } from '@aws-sdk/client-codepipeline';
import type { Parser } from '../inputs.ts';

export type Variable = { readonly name: string; readonly value: string };

export type SourceRevision = {
  /** Name of the source action; undefined: the only one. */
  readonly action: string | undefined;
  readonly type: SourceRevisionType;
  readonly value: string;
};

export const revisionTypes = [
  'COMMIT_ID',
  'IMAGE_DIGEST',
  'S3_OBJECT_VERSION_ID',
  'S3_OBJECT_KEY',
] as const satisfies readonly SourceRevisionType[];

const most = 50;

type Read<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'wrong'; readonly why: string };

const wrong = (why: string): Read<never> => ({ kind: 'wrong', why });

/** A line each; empty lines count for nothing. All wrong lines at once. */
const lines =
  <T>(read: (line: string) => Read<T>, keyOf: (item: T) => string, fix: string): Parser<readonly T[]> =>
  (given) => {
    const texts = given
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    const parsed = texts.map(read);
    const values = parsed.flatMap((each) => (each.kind === 'value' ? [each.value] : []));
    const problems = parsed.flatMap((each, at) =>
      each.kind === 'wrong' ? [`'${(texts[at] ?? '').slice(0, 80)}' (${each.why})`] : [],
    );
    const keys = values.map(keyOf);
    const twice = [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))];
    if (twice.length) problems.push(`${twice.join(', ')} twice`);
    if (texts.length > most) problems.push(`${texts.length} lines, and CodePipeline takes ${most}`);
    return problems.length
      ? { kind: 'problem', what: `has ${problems.join(', ')}.`, fix }
      : { kind: 'value', value: values };
  };

const readVariable = (line: string): Read<Variable> => {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
  if (!/^[A-Za-z0-9@_-]{1,128}$/.test(name.trim()))
    return wrong(line.includes('=') ? 'a name has letters, digits, @, _ and - only' : 'no `=`');
  if (value.trim() === '') return wrong('CodePipeline takes no empty value');
  return value.trim().length > 1_000
    ? wrong('longer than 1000 characters')
    : { kind: 'value', value: { name: name.trim(), value: value.trim() } };
};

const readRevision = (line: string): Read<SourceRevision> => {
  const types = revisionTypes.join('|');
  const [, action, type, value = ''] =
    new RegExp(`^(?:([A-Za-z0-9.@_-]{1,100})\\s*=\\s*)?(${types})\\s*:\\s*(.+)$`).exec(line) ?? [];
  const known = revisionTypes.find((each) => each === type);
  if (!known) return wrong('not of the form');
  return value.length > 1_500
    ? wrong('longer than 1500 characters')
    : { kind: 'value', value: { action, type: known, value } };
};

export const variables = lines(readVariable, ({ name }) => name, 'Write a line for each: NAME=value.');

export const sourceRevisions = lines(
  readRevision,
  ({ action = 'the only source action' }) => action,
  `Write a line for each: <source action>=<type>:<value>, or <type>:<value> where there is one source action; the type is one of ${revisionTypes.join(', ')}.`,
);
