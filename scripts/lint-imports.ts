// The rules of the house that Biome does not know: who may import whom, no cycles, short files and functions.
// Takes the root folder as an argument, this repository's by default; prints every finding and exits with 1.
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { cyclesOf } from './lint/cycles.ts';
import { forbiddenBy } from './lint/rules.ts';
import { readSource, type Source } from './lint/source.ts';

const mostLines = 200;
const mostFunctionLines = 40;
const folders = ['src', 'actions/*/src', 'sandbox', 'scripts', 'test'];

const main = async (root: string): Promise<void> => {
  const patterns = folders.map((folder) => `${folder}/**/*.ts`);
  const files = globSync(patterns, { cwd: root }).sort();
  const sources = await Promise.all(files.map((file) => readSource(root, file.replaceAll('\\', '/'))));
  const findings = [
    ...sources.flatMap(importFindings),
    ...cycleFindings(sources),
    ...sources.flatMap(sizeFindings),
  ];
  for (const finding of findings) console.error(finding);
  if (findings.length) process.exitCode = 1;
  console.log(`${sources.length} files, ${findings.length} findings`);
};

const importFindings = ({ file, imports }: Source): readonly string[] =>
  imports.flatMap((found) => {
    const rule = forbiddenBy(found, file);
    return rule
      ? [`${file}:${found.line}: may not import ${found.target}: ${rule.why}; ${rule.instead}`]
      : [];
  });

const cycleFindings = (sources: readonly Source[]): readonly string[] =>
  cyclesOf(sources).map((cycle) => {
    const [first = '', second = ''] = cycle;
    const line = sources
      .find(({ file }) => file === first)
      ?.imports.find(({ target }) => target === second)?.line;
    return `${first}:${line}: imports itself by way of ${cycle.slice(1).join(' → ')}; move what both need to a third file`;
  });

/** Tests read as one story each, so their length is left to the eye. */
const sizeFindings = ({ file, lines, functions }: Source): readonly string[] => {
  if (file.startsWith('test/')) return [];
  const long = functions.filter(({ length }) => length > mostFunctionLines);
  return [
    ...(lines > mostLines
      ? [`${file}:${mostLines}: has ${lines} lines, more than ${mostLines}; split it by subject`]
      : []),
    ...long.map(
      ({ line, length }) =>
        `${file}:${line}: a function of ${length} lines, more than ${mostFunctionLines}; name its parts`,
    ),
  ];
};

await main(process.argv[2] ?? dirname(import.meta.dirname));
