// Generated parts of a page stand between `<!-- name -->` and `<!-- /name -->`; the rest is people's.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Page = { readonly root: string; readonly file: string; readonly check: boolean };

/** Writes the parts into the page; with `check` it writes nothing. Returns what is wrong, a line each. */
export const fillPage = (
  { root, file, check }: Page,
  parts: Readonly<Record<string, string>>,
  madeOf: string,
): readonly string[] => {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const problems: string[] = [];
  let after = before;
  for (const [name, content] of Object.entries(parts)) {
    const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!marked.test(before)) problems.push(`${file}: has no <!-- ${name} --> … <!-- /${name} --> to fill`);
    after = after.replace(marked, (_, open: string, close: string) => `${open}${content}\n${close}`);
  }
  if (after === before) return problems;
  if (check) return [...problems, `${file}: is not what ${madeOf} say. Run: npm run docs`];
  writeFileSync(path, after);
  return problems;
};

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
