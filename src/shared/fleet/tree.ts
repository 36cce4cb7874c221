// A manifest as a tree in which every value knows its file, line and column. Layering is a merge of such
// trees, so an effective value still points at the layer that set it. Trees are never changed, only shared.
import type { Problem } from '../errors.ts';
import type { Lines } from './lines.ts';

export type Source = { readonly file: string; readonly lines: Lines };

/** An offset into a source; turned into line and column only when somebody has to read it. */
export type At = { readonly source: Source; readonly offset: number };

export type Scalar = string | number | boolean | null;
/** `written` is the scalar as it stands in the file (`012`), `value` what YAML makes of it (12). */
export type Leaf = {
  readonly kind: 'leaf';
  readonly at: At;
  readonly value: Scalar;
  readonly written: string;
};
export type List = { readonly kind: 'list'; readonly at: At; readonly items: readonly Tree[] };
export type Entry = { readonly key: At; readonly value: Tree };
export type Branch = {
  readonly kind: 'branch';
  readonly at: At;
  readonly entries: ReadonlyMap<string, Entry>;
};
export type Tree = Leaf | List | Branch;

export type Path = readonly (string | number)[];

export const placeOf = ({ source, offset }: At): NonNullable<Problem['place']> => {
  return { file: source.file, ...source.lines.linePos(offset) };
};

const isNull = (tree: Tree): boolean => tree.kind === 'leaf' && tree.value === null;

/** Maps merge, lists and scalars replace, null removes. */
const merge = (under: Tree | undefined, over: Tree): Tree =>
  over.kind === 'branch' ? mergeBranches(under?.kind === 'branch' ? under : undefined, over) : over;

const mergeBranches = (under: Branch | undefined, over: Branch): Branch => {
  const entries = new Map(under?.entries);
  for (const [key, entry] of over.entries) {
    if (isNull(entry.value)) entries.delete(key);
    else entries.set(key, { key: entry.key, value: merge(entries.get(key)?.value, entry.value) });
  }
  return { ...over, entries };
};

/** The first layer and those above it as one, without any null. A map's place is that of its highest layer. */
export const mergeAll = (layers: readonly [Branch, ...(Branch | undefined)[]]): Branch =>
  layers.reduce<Branch>((under, over) => (over ? mergeBranches(under, over) : under), {
    ...layers[0],
    entries: new Map(),
  });

/** The plain value, for the schema. `__proto__` cannot occur: the reader refuses it. */
export const plain = (tree: Tree): unknown => {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]));
};

const child = (tree: Tree, step: string | number): Tree | undefined => {
  if (tree.kind === 'branch') return tree.entries.get(String(step))?.value;
  if (tree.kind === 'list') return tree.items[Number(step)];
  return undefined;
};

export const find = (tree: Tree | undefined, path: Path): Tree | undefined =>
  path.reduce<Tree | undefined>((from, step) => from && child(from, step), tree);

/** Where the key at `path` stands; undefined for list items and what is not there. */
export const keyAt = (tree: Tree | undefined, path: Path): At | undefined => {
  const parent = find(tree, path.slice(0, -1));
  return parent?.kind === 'branch' ? parent.entries.get(String(path.at(-1)))?.key : undefined;
};

/** A branch without some keys, or with only those: `pick(tree, key => ...)`. */
export const pick = (tree: Branch, wanted: (key: string) => boolean): Branch => ({
  ...tree,
  entries: new Map([...tree.entries].filter(([key]) => wanted(key))),
});
