// What both demos are: a rehearsal opened, played and closed, its pages written, and any other end than the wanted one an error.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEnd } from '../../sandbox/github/workflow/types.ts';
import type { ApplicationRehearsal, Rehearsal } from '../../sandbox/rehearsal.ts';

export const root = join(import.meta.dirname, '../..');
const pages = join(root, '.demo');

/** Answers the exit code. Throws what opening and playing throw. */
export const playDemo = async <R extends Rehearsal | ApplicationRehearsal>(
  open: Promise<R>,
  play: (rehearsal: R) => Promise<void>,
): Promise<number> => {
  const started = Date.now();
  const rehearsal = await open;
  const { accountId, region } = rehearsal.cloud.sandbox.cloud;
  console.log(
    `AWS account ${accountId} (${region}) at ${rehearsal.cloud.endpoint}, GitHub at ${rehearsal.hub.url}`,
  );
  for (const note of rehearsal.notes) console.log(note);
  try {
    await mkdir(pages, { recursive: true });
    await play(rehearsal);
    console.log(`\nDone in ${((Date.now() - started) / 1000).toFixed(0)} s. The pages are in .demo/.`);
    return 0;
  } finally {
    await rehearsal.close();
  }
};

export const expectEnd = (wanted: RunEnd['conclusion'], end: RunEnd): void => {
  if (end.conclusion === wanted) return;
  for (const { name, conclusion, lines } of end.jobs)
    if (conclusion === 'failure') console.error(`${name}: ${conclusion}\n  ${lines.slice(-15).join('\n  ')}`);
  throw new Error(`The demo failed: the run ended with ${end.conclusion} instead of ${wanted}`);
};

/** Shown, and kept for a browser. */
export const writePage = async (name: string, text: string): Promise<void> => {
  await writeFile(join(pages, name), text);
  console.log(`\n${text}\n`);
};
