// A short way for files as most tenants have them: keys, plain or quoted texts, whole numbers, flags, and maps of them.
// A fleet of ten thousand would spend most of its time in the YAML library. Whatever is not plainly of that kind is
// left to the library, and what is read here is read exactly as the library would.
import type { At, Branch, Entry, Leaf, Source, Tree } from './tree.ts';

const name = '[A-Za-z][\\w.-]{0,99}';
const word = '[A-Za-z0-9/_][\\w/.@+=-]*';
const quoted = `"([^"\\\\\\n]*)"|'([^'\\n]*)'`;

/** Spaces, then nothing, a comment, or a key with what follows it on its line. */
const line = new RegExp(
  `( *)(?:#.*|(${name}):(?:( +)(?:(${word}(?::[\\w/.@+=-]+)*)|${quoted}|([{[].*?)))?(?: +#.*| *))?(?:\\n|$)`,
  'y',
);
const inMap = new RegExp(`(${name}):( +)(?:(${word})|${quoted})`, 'y');
const inList = new RegExp(`(?:(${word})|${quoted})`, 'y');
const notOurs = /[^\n\x20-\x7e]/;
const deepest = 8;

type Open = {
  readonly indent: number;
  readonly branch: Branch;
  readonly entries: Map<string, Entry>;
};
type Waiting = { readonly indent: number; readonly key: string; readonly at: At };

/** `undefined` where the library must look. */
export const readPlain = (text: string, source: Source): Branch | undefined => {
  if (notOurs.test(text)) return undefined;
  const open: Open[] = [];
  let waiting: Waiting | undefined;
  for (let start = 0; start < text.length; start = line.lastIndex) {
    line.lastIndex = start;
    const found = line.exec(text);
    if (!found) return undefined;
    const [, { length: indent } = '', key, gap, ...value] = found;
    if (key === undefined) continue;
    const at = { source, offset: start + indent };
    const inside = enter(open, { indent, waiting, at });
    if (!inside || inside.entries.has(key)) return undefined;
    const given = value.some((each) => each !== undefined);
    waiting = given ? undefined : { indent, key, at };
    if (!given) continue;
    const tree = treeOf(value, { source, offset: at.offset + key.length + 1 + (gap ?? '').length });
    if (!tree) return undefined;
    inside.entries.set(key, { key: at, value: tree });
  }
  return waiting ? undefined : open[0]?.branch;
};

type Key = { readonly indent: number; readonly waiting: Waiting | undefined; readonly at: At };

/** The map that a key belongs to: a new one below the key that waits for it, or one of those that are open. */
const enter = (open: Open[], { indent, waiting, at }: Key): Open | undefined => {
  const above = open.at(-1);
  if (waiting ? indent > waiting.indent : !above && indent === 0) {
    if (open.length >= deepest) return undefined;
    const entries = new Map<string, Entry>();
    const made: Open = { indent, entries, branch: { kind: 'branch', at, entries } };
    if (waiting) above?.entries.set(waiting.key, { key: waiting.at, value: made.branch });
    open.push(made);
    return made;
  }
  if (waiting) return undefined;
  while ((open.at(-1)?.indent ?? 0) > indent) open.pop();
  return open.at(-1)?.indent === indent ? open.at(-1) : undefined;
};

type Groups = readonly (string | undefined)[];

const treeOf = ([plain, double, single, flow]: Groups, at: At): Tree | undefined => {
  if (flow !== undefined) return flow.startsWith('{') ? mapOf(flow, at) : listOf(flow, at);
  const said = double ?? single;
  if (said !== undefined) return { kind: 'leaf', at, value: said, written: said };
  return plain === undefined ? undefined : plainLeaf(plain, at);
};

/** Only what nobody could take for something else. */
const plainLeaf = (written: string, at: At): Leaf | undefined => {
  const leaf = (value: string | number | boolean): Leaf => ({ kind: 'leaf', at, value, written });
  if (/^(?:0|[1-9]\d{0,8})$/.test(written)) return leaf(Number(written));
  if (written === 'true' || written === 'false') return leaf(written === 'true');
  return /^\d|^(?:true|false|null)$/i.test(written) ? undefined : leaf(written);
};

const mapOf = (flow: string, at: At): Branch | undefined => {
  const entries = new Map<string, Entry>();
  const end = itemsIn(flow, inMap, ([key = '', gap = '', ...value], start) => {
    const keyAt = { ...at, offset: at.offset + start };
    const tree = treeOf(value, { ...at, offset: keyAt.offset + key.length + 1 + gap.length });
    if (!tree || entries.has(key)) return false;
    entries.set(key, { key: keyAt, value: tree });
    return true;
  });
  return end === '}' ? { kind: 'branch', at, entries } : undefined;
};

const listOf = (flow: string, at: At): Tree | undefined => {
  const items: Tree[] = [];
  const end = itemsIn(flow, inList, (value, start) => {
    const tree = treeOf(value, { ...at, offset: at.offset + start });
    return tree !== undefined && items.push(tree) > 0;
  });
  return end === ']' ? { kind: 'list', at, items } : undefined;
};

/** Hands each item to `take` until it says no; answers what is left of the text. */
const itemsIn = (
  flow: string,
  item: RegExp,
  take: (groups: Groups, start: number) => boolean,
): string | undefined => {
  let next = afterSpaces(flow, 1);
  if (next === flow.length - 1) return flow.slice(next);
  for (;;) {
    item.lastIndex = next;
    const found = item.exec(flow);
    if (!found || !take(found.slice(1), next)) return undefined;
    const end = afterSpaces(flow, item.lastIndex);
    if (end === flow.length - 1) return flow.slice(end);
    // Without a blank after it a comma may belong to the text before it.
    if (!flow.startsWith(', ', end)) return undefined;
    next = afterSpaces(flow, end + 1);
  }
};

const afterSpaces = (text: string, start: number): number => {
  let end = start;
  while (text[end] === ' ') end += 1;
  return end;
};
