// The licence texts of what a bundle contains, each text once with the packages that it covers and their copyright lines.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `files` are paths of bundled sources; those outside of node_modules are ours and left out. */
export const licensesOf = (files: Iterable<string>): string => {
  const folders = new Set<string>();
  for (const file of files) {
    const found = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file);
    if (found) folders.add(found[0]);
  }
  const byMeaning = new Map<string, { readonly terms: string; readonly packages: string[] }>();
  for (const folder of [...folders].sort()) {
    const { notices, terms } = splitNotices(licenseText(folder));
    const meaning = terms.replace(/\s+/g, ' ');
    const known = byMeaning.get(meaning) ?? { terms, packages: [] };
    known.packages.push([nameOf(folder), ...notices].join('\n  '));
    byMeaning.set(meaning, known);
  }
  const sections = [...byMeaning.values()].map(
    ({ terms, packages }) => `${packages.sort().join('\n')}\n\n${terms}\n`,
  );
  return sections.sort().join(`\n${'-'.repeat(80)}\n\n`);
};

/** Whose it is stands in lines of their own; the terms are the same for many. */
const splitNotices = (text: string): { readonly notices: readonly string[]; readonly terms: string } => {
  const isNotice = (line: string): boolean => /^Copyright\b/i.test(line);
  const lines = text.split('\n');
  return {
    notices: lines.filter(isNotice),
    terms: lines
      .filter((line) => !isNotice(line))
      .join('\n')
      .trim(),
  };
};

const readPackage = (folder: string): { name: string; version: string; license?: string } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

const nameOf = (folder: string): string => {
  const { name, version } = readPackage(folder);
  return `${name} ${version}`;
};

const licenseText = (folder: string): string => {
  const file = readdirSync(folder)
    .filter((name) => /^licen[cs]e/i.test(name))
    .sort()[0];
  // Without indentation: the same text is laid out differently in different packages.
  if (file)
    return readFileSync(join(folder, file), 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .join('\n')
      .trim();
  return `${readPackage(folder).license ?? 'No licence stated'} (the package carries no text)`;
};
