// YAML nodes to trees. Refused, each with its place: anchors and aliases, tags, duplicate keys, and numbers
// that other readers (or people) take for something else. An empty text holds the place of what is refused.
import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { Problem } from '../errors.ts';
import { type At, type Branch, type Entry, type Path, placeOf, type Source, type Tree } from './tree.ts';

/** What one file's reading collects on its way. */
export type Reading = {
  readonly source: Source;
  readonly text: string;
  readonly problems: Problem[];
  readonly refused: Path[];
};

type Refusal = { readonly what: string; readonly fix: string; readonly offset?: number };

const deepest = 16;

export const readRoot = (root: YAMLMap<unknown, unknown>, reading: Reading): Branch | undefined => {
  const tree = readNode(root, { path: [], reading });
  return tree.kind === 'branch' ? tree : undefined;
};

type Where = { readonly path: Path; readonly reading: Reading };

const readNode = (node: unknown, where: Where): Tree => {
  const { path, reading } = where;
  const at = { source: reading.source, offset: offsetOf(node) };
  const refusal = refuseNode(node, path, reading);
  if (refusal) {
    refuse(refusal, at, where);
    return { kind: 'leaf', at, value: '', written: '' };
  }
  if (isMap(node)) return { kind: 'branch', at, entries: readEntries(node.items, where) };
  if (isSeq(node)) {
    const items = node.items.map((item, index) => readNode(item, { path: [...path, index], reading }));
    return { kind: 'list', at, items };
  }
  return isScalar(node)
    ? { kind: 'leaf', at, value: scalarOf(node), written: node.source ?? '' }
    : { kind: 'leaf', at, value: null, written: '' };
};

const scalarOf = ({ value }: Scalar): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const offsetOf = (node: unknown): number =>
  (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined) ?? 0;

const refuse = ({ what, fix, offset }: Refusal, at: At, { path, reading }: Where): void => {
  reading.problems.push({ what, fix, place: placeOf({ ...at, offset: offset ?? at.offset }) });
  reading.refused.push(path);
};

const readEntries = (
  pairs: readonly Pair<unknown, unknown>[],
  { path, reading }: Where,
): ReadonlyMap<string, Entry> => {
  const entries = new Map<string, Entry>();
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? keyName(key) : '';
    const at = { source: reading.source, offset: offsetOf(key) };
    const where = { path: [...path, name], reading };
    const refusal = refuseNode(key, where.path, reading) ?? refuseKey(name, entries.get(name)?.key, reading);
    if (refusal) refuse(refusal, at, where);
    else entries.set(name, { key: at, value: readNode(value, where) });
  }
  return entries;
};

const keyName = ({ source, value }: Scalar): string => (typeof value === 'string' ? value : (source ?? ''));

/** Where several share a value: a layer of the manifests, not of YAML. */
const sharedIn = ({ source }: Reading): string =>
  /(?:^|\/)applications\//.test(source.file)
    ? "what an application's environments share belongs above them."
    : 'what tenants share belongs into defaults.yml.';

const refuseKey = (name: string, first: At | undefined, reading: Reading): Refusal | undefined => {
  if (first)
    return {
      what: `The key \`${name}\` is already on line ${placeOf(first).line}.`,
      fix: 'Keep one of the two.',
    };
  if (name === '<<')
    return {
      what: 'Merge keys (`<<`) are not read.',
      fix: `Write the values; ${sharedIn(reading)}`,
    };
  if (name === '' || name === '__proto__')
    return { what: 'This is not a key.', fix: 'Write another name before the colon.' };
  return undefined;
};

const refuseNode = (node: unknown, path: Path, reading: Reading): Refusal | undefined => {
  const defaults = `Write the value itself; ${sharedIn(reading)}`;
  if (isAlias(node)) return { what: `The alias *${node.source} is not read.`, fix: defaults };
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return undefined;
  const before = (mark: string) => Math.max(0, reading.text.lastIndexOf(mark, offsetOf(node)));
  if (node.anchor)
    return {
      what: `The anchor &${node.anchor} is not read.`,
      fix: defaults,
      offset: before(`&${node.anchor}`),
    };
  if (node.tag) {
    const what = `The tag ${node.tag.replace('tag:yaml.org,2002:', '!!')} is not read.`;
    return {
      what,
      fix: 'Delete it; a number in quotes is a text.',
      offset: startOfWord(reading.text, before('!')),
    };
  }
  if (path.length > deepest) return { what: 'This is nested too deeply.', fix: 'No manifest needs it.' };
  return isScalar(node) && typeof node.value === 'number' ? refuseNumber(node.source ?? '', path) : undefined;
};

const startOfWord = (text: string, offset: number): number => {
  const space = text.slice(0, offset).search(/\S*$/);
  return space < 0 ? offset : space;
};

const refuseNumber = (written: string, path: Path): Refusal | undefined => {
  const step = path.at(-1);
  const key = typeof step === 'string' && step !== written ? `${step}: ` : '';
  if (/^\d{12}$/.test(written))
    return {
      what: `\`${key}${written}\` is an account id that lost its quotes: YAML reads the number ${Number(written)}.`,
      fix: `Write ${key}"${written}".`,
    };
  if (/^[-+]?0\d/.test(written))
    return {
      what: `\`${key}${written}\` starts with a zero: some read ${Number(written)}, others an octal number.`,
      fix: `Write ${key}"${written}" if it is a text, ${key}${Number(written)} if it is a number.`,
    };
  if (/^-?\d+(\.\d+)?$/.test(written)) return undefined;
  return {
    what: `\`${key}${written}\` is not a plain decimal number.`,
    fix: `Write ${key}"${written}" if it is a text, ${key}${Number(written)} if it is a number.`,
  };
};
