// `npm run bench`: what the design promises in numbers, measured on this machine, as a Markdown table. Asserts nothing.
// `npm run bench -- --write` puts the table into docs/benchmarks.md as well.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { countCalls } from './bench/calls.ts';
import { measureColdStarts } from './bench/cold-start.ts';
import { measureFleet } from './bench/fleet.ts';
import { measureHealthy } from './bench/healthy.ts';
import { measureHopeless } from './bench/hopeless.ts';
import { type Row, tableOf } from './bench/measure.ts';
import { compareWithScript } from './bench/script-and-actions.ts';
import { measureSizes } from './bench/sizes.ts';
import { root } from './bench/steps.ts';

const page = join(root, 'docs/benchmarks.md');
const say = (line: string): void => console.error(`… ${line}`);

const machine = (): string =>
  `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, ` +
  `${Math.round(totalmem() / 2 ** 30)} GB of memory, ${new Date().toISOString().slice(0, 10)}.`;

const write = (report: string): void => {
  const text = readFileSync(page, 'utf8');
  const marked = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  if (!marked.test(text))
    throw new Error('docs/benchmarks.md has no <!-- bench --> … <!-- /bench --> to fill.');
  writeFileSync(
    page,
    text.replace(marked, (_, open: string, close: string) => `${open}${report}\n${close}`),
  );
};

const rows: Row[] = [];
for (const part of [
  measureColdStarts,
  countCalls,
  measureSizes,
  measureFleet,
  measureHealthy,
  measureHopeless,
  compareWithScript,
])
  rows.push(...(await part(say)));
const report = `${machine()}\n\n${tableOf(rows)}`;
console.log(report);
if (process.argv.includes('--write')) write(report);
