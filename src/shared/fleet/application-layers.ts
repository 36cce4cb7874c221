// An application's two layers as one tree for an environment: defaults that depend on names written out, and then the
// names filled in. Every value keeps the place of what it was made of.
import { expand } from './fields.ts';
import { type At, type Branch, type Entry, find, type Leaf, mergeAll, type Path, type Tree } from './tree.ts';

export type Whose = { readonly application: string; readonly environment: string };

export const effectiveTree = (layers: readonly [Branch, Branch], names: Whose): Branch =>
  filled(withDefaults(mergeAll(layers)), names, []);

const withDefaults = (merged: Branch): Branch => {
  const named = inside(
    inside(
      inside(inside(withGithub(merged), 'services', ofEach(ofService)), 'pipelines', ofItems),
      'images',
      ofEach(ofImage),
    ),
    'github',
    (tree) => supplement(tree, gates, tree.at),
  );
  return inside(named, 'migration', (tree) => {
    const service = textIn(tree, ['service']) ?? '';
    // A service that does not exist is told of once, at its name.
    const container = textIn(named, ['services', service, 'container']) ?? 'app';
    return supplement(tree, { container }, tree.at);
  });
};

const stem = '{application}-{environment}';
const gates = { approval: '{environment}', deployment: '{environment}-{application}' };

type Naming = (name: string) => Readonly<Record<string, string>>;

const ofService: Naming = (name) => ({
  service: `${stem}-${name}`,
  container: name,
  logGroup: `/ecs/${stem}-${name}`,
});
const ofImage: Naming = (name) => ({ repository: `{application}-${name}` });

const ofItems = (tree: Tree): Tree =>
  tree.kind === 'list' ? { ...tree, items: tree.items.map(ofPipeline) } : tree;

const ofPipeline = (tree: Tree): Tree => {
  const name = textIn(tree, ['name']);
  return name === undefined
    ? tree
    : supplement(tree, { pipeline: `${stem}-${name}-pipeline` }, find(tree, ['name'])?.at ?? tree.at);
};

/** Each of a map's entries with the texts that go by its name. */
const ofEach =
  (naming: Naming) =>
  (tree: Tree): Tree =>
    tree.kind === 'branch'
      ? {
          ...tree,
          entries: new Map(
            [...tree.entries].map(([name, { key, value }]) => [
              name,
              { key, value: supplement(value, naming(name), key) },
            ]),
          ),
        }
      : tree;

const inside = (branch: Branch, key: string, change: (tree: Tree) => Tree): Branch => {
  const entry = branch.entries.get(key);
  if (!entry) return branch;
  return { ...branch, entries: new Map(branch.entries).set(key, { ...entry, value: change(entry.value) }) };
};

const withGithub = (branch: Branch): Branch => {
  if (branch.entries.has('github')) return branch;
  const empty: Entry = { key: branch.at, value: { kind: 'branch', at: branch.at, entries: new Map() } };
  return { ...branch, entries: new Map(branch.entries).set('github', empty) };
};

const leafAt = (at: At, value: string): Leaf => ({ kind: 'leaf', at, value, written: value });

/** The map with those of the texts that it does not have. */
const supplement = (tree: Tree, texts: Readonly<Record<string, string>>, at: At): Tree => {
  if (tree.kind !== 'branch') return tree;
  const lacking = Object.entries(texts).filter(([key]) => !tree.entries.has(key));
  const added = lacking.map(([key, text]) => [key, { key: at, value: leafAt(at, text) }] as const);
  return { ...tree, entries: new Map([...tree.entries, ...added]) };
};

export const textIn = (tree: Tree | undefined, path: Path): string | undefined => {
  const found = find(tree, path);
  return found?.kind === 'leaf' && typeof found.value === 'string' ? found.value : undefined;
};

/** A command and a foreign page's text have braces of their own. */
const isLiteral = ([first, second, third]: Path): boolean =>
  (first === 'migration' && second === 'command') || (first === 'healthChecks' && third === 'contains');

const filled = (branch: Branch, names: Whose, path: Path): Branch => ({
  ...branch,
  entries: new Map(
    [...branch.entries].map(([key, entry]) => [
      key,
      { ...entry, value: filledIn(entry.value, names, [...path, key]) },
    ]),
  ),
});

const filledIn = (tree: Tree, names: Whose, path: Path): Tree => {
  if (isLiteral(path)) return tree;
  if (tree.kind === 'branch') return filled(tree, names, path);
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item, index) => filledIn(item, names, [...path, index])) };
  return typeof tree.value === 'string' ? { ...tree, value: expand(tree.value, names) } : tree;
};
