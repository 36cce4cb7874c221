// A link to a file or a heading of this repository leads there: on GitHub a wrong one is a page that says 404, or the top
// of the right page.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const pages = globSync('{*.md,docs/**/*.md,actions/*/*.md,examples/**/*.md,test/**/*.md}').sort();

/** Without code, in which a link is only text. */
const proseOf = (page: string): string =>
  page.replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2$/gm, '').replaceAll(/`[^`\n]*`/g, '');

const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) =>
    /^(https?|mailto):/.test(to) ? [] : [to],
  );

/** As GitHub makes them; a heading that comes twice gets a number. */
const anchorsOf = (page: string): readonly string[] => {
  const headings = [...page.replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2$/gm, '').matchAll(/^#{1,6} +(.+)$/gm)];
  const slugs = headings.map(([, heading = '']) =>
    heading
      .trim()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return slugs.map((slug, at) => {
    const before = slugs.slice(0, at).filter((each) => each === slug).length;
    return before ? `${slug}-${before}` : slug;
  });
};

const isBroken = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith('.md')
    ? !anchorsOf(readFileSync(target, 'utf8')).includes(anchor)
    : false;
};

test.each(pages)('%s', (page) => {
  const broken = linksOf(readFileSync(page, 'utf8')).filter((link) => isBroken(page, link));
  expect(broken).toEqual([]);
});

describe('what counts as a heading’s anchor', () => {
  test.each([
    ['## `dist` and *how*: it’s made', 'dist-and-how-its-made'],
    ['### What each may do', 'what-each-may-do'],
    ['## A [link](x.md)', 'a-link'],
  ])('%s', (heading, anchor) => {
    expect(anchorsOf(heading)).toEqual([anchor]);
  });

  test('none in code, and a number for the second of its name', () => {
    expect(anchorsOf('# A\n```sh\n# B\n```\n# A\n')).toEqual(['a', 'a-1']);
  });
});
