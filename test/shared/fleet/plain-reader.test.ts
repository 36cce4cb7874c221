// The short way of reading says exactly what the YAML library says, or nothing.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { fleetOf } from '../../../scripts/bench/fleet-of.ts';
import { linesOf } from '../../../src/shared/fleet/lines.ts';
import { readPlain } from '../../../src/shared/fleet/plain-reader.ts';
import { readYaml } from '../../../src/shared/fleet/reader.ts';
import type { Tree } from '../../../src/shared/fleet/tree.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const short = (text: string) => readPlain(text, { file: 'x.yml', lines: linesOf(text) });

/** A tree without its source, as JSON. */
const shape = (tree: Tree | undefined): unknown => {
  if (tree?.kind === 'branch')
    return {
      at: tree.at.offset,
      keys: [...tree.entries].map(([key, entry]) => [key, entry.key.offset, shape(entry.value)]),
    };
  if (tree?.kind === 'list') return { at: tree.at.offset, items: tree.items.map(shape) };
  return tree && { at: tree.at.offset, value: tree.value, written: tree.written };
};

const viaLibrary = (text: string) => {
  const { branch, refused, problems } = readYaml({ path: 'x.yml', text });
  return { tree: shape(branch), refused, problems };
};

/** Numbers in [0, 1), the same on every run. */
const sequence = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const values = [
  'a',
  'a:b',
  'wordpress:6.8-php8.3-apache',
  '/a/b',
  'a_b',
  '_',
  '5',
  '0',
  '012',
  '1e3',
  '0x1F',
  '1.5',
  '-1',
  '1_000',
  '123456789012',
  'true',
  'True',
  'false',
  'null',
  'Null',
  '~',
  'yes',
  'a b',
  'a#b',
  'a #b',
  'a: b',
  'a:',
  'a::b',
  '"a"',
  '"a b # c"',
  '"a\\n"',
  '"5"',
  '""',
  "'a'",
  "'it''s'",
  "''",
  '"a" b',
  '"a',
  '{}',
  '[]',
  '{a: 1}',
  '{ a: 1 }',
  '{a: 1, b: "x, y"}',
  '{a: 1,b: 2}',
  '{a: 1, a: 2}',
  '{a:1}',
  '{a: b:c}',
  '{a}',
  '{a: }',
  '{a: 1,}',
  '[a, 1, true]',
  '[ a ]',
  '[a,b]',
  '[a, ]',
  '[a: 1]',
  '{a: {b: 1}}',
  '{a: 1} x',
  '{a: 1',
  '[a',
  '*x',
  '&x a',
  '!t a',
  '|',
  '>',
  '- a',
  '?',
  '2026-11-22',
  '1.2.3',
  '1:30',
  '+1',
  '.5',
  '.inf',
  'a,b',
  'a@b',
  'é',
  'a=b',
  'http://a.b/c',
  'C:\\x',
];
const ordinary = ['a', 'a:b', '5', 'true', '"a b"', '{a: 1, b: x}', '[a, b]', '{}'];
const keys = ['a', 'b', 'c', 'name', 'null', 'true', 'A.b', 'a-b', '5', '"q"', '<<', '__proto__', '-', 'a b'];
const ends = ['', '', '', '', ' ', ' # note', ' #', '#', ' # a: b', '\r'];
const others = ['', '', '# note', '  # note', '   ', '---', '...', '%YAML 1.2', '- a', 'a', '\t'];

const textFrom = (random: () => number): string => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let indent = 0;
  const lines = Array.from({ length: 1 + Math.floor(random() * 7) }, () => {
    if (random() < 0.1) return pick(others);
    const nests = random() < 0.3;
    const own = ' '.repeat(indent);
    indent = nests ? indent + pick([2, 2, 2, 4, 1, 0]) : random() < 0.3 ? Math.max(0, indent - 2) : indent;
    return `${own}${random() < 0.9 ? pick(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) : pick(keys)}:${nests ? '' : `${pick([' ', ' ', ' ', '  ', ''])}${random() < 0.6 ? pick(ordinary) : pick(values)}`}${pick(ends)}`;
  });
  return `${lines.join('\n')}${pick(['\n', '\n', ''])}`;
};

describe('the short way and the library', () => {
  test('agree on every text that the short way reads', () => {
    const random = sequence(20_261_122);
    const texts = Array.from({ length: 20_000 }, () => textFrom(random));
    const read = texts.flatMap((text) => {
      const branch = short(text);
      return branch ? [{ text, tree: shape(branch) }] : [];
    });
    const differing = read.filter(
      ({ text, tree }) =>
        JSON.stringify({ tree, refused: [], problems: [] }) !== JSON.stringify(viaLibrary(text)),
    );
    expect(differing.map(({ text }) => text).slice(0, 5)).toEqual([]);
    expect(read.length).toBeGreaterThan(1_000);
  });

  test.each(values)('agree on the value %s, where the short way reads it', (value) => {
    for (const text of [
      `a: ${value}\n`,
      `a: ${value} # note`,
      `a:\n  b: ${value}\nc: 1\n`,
      `a: {b: ${value}}\n`,
    ]) {
      const branch = short(text);
      if (branch) expect({ tree: shape(branch), refused: [], problems: [] }).toEqual(viaLibrary(text));
    }
  });
});

describe('the short way reads', () => {
  const tenants = globSync('examples/wpsit/tenants/*.yml', { cwd: root });

  test.each(tenants)('%s', (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    expect(shape(short(text))).toEqual(viaLibrary(text).tree);
  });

  test('a tenant of the fleet that is measured', () => {
    const text = fleetOf(1).find(({ path }) => path.startsWith('tenants/'))?.text ?? '';
    expect(shape(short(text))).toEqual(viaLibrary(text).tree);
  });
});

describe('lines', () => {
  test.each([
    ['', 0, 1, 1],
    ['ab\ncd\n', 0, 1, 1],
    ['ab\ncd\n', 2, 1, 3],
    ['ab\ncd\n', 3, 2, 1],
    ['ab\ncd\n', 6, 3, 1],
    ['\n\n\nx', 3, 4, 1],
  ])('of %j: offset %i is line %i, column %i', (text, offset, line, column) => {
    expect(linesOf(text).linePos(offset)).toEqual({ line, column });
  });
});
