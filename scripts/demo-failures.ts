// `npm run demo:failures`: a tenant with a real WordPress on a real database, healthy; then somebody breaks it, wait-healthy
// says why and what to do, the fix is followed, and it is healthy again. One failure after the other.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../src/shared/errors.ts';
import { root } from './rehearse/demo.ts';
import { type Failure, ofNewSites, ofOldSites } from './rehearse/failures.ts';
import { demand, deploy, installWordPress, openStage, type Stage, visiting } from './rehearse/stage.ts';
import { runToEnd } from './rehearse/to-end.ts';

const pages = join(root, '.demo/failures');

const main = async (signal: AbortSignal): Promise<number> => {
  const started = Date.now();
  const stage = await openStage(30);
  try {
    if (stage.cloud.notes.length) throw new UserError(stage.cloud.notes.map((what) => ({ what, fix: '' })));
    await mkdir(pages, { recursive: true });
    console.log('\n━━ goldencrust is deployed');
    await deploy(stage);
    await expectHealthy(stage);
    await playAll(stage, ofNewSites, { from: 1, signal });
    console.log('\n━━ WordPress is installed: visitors get a site and not the installer');
    await installWordPress(stage);
    await playAll(stage, ofOldSites, { from: ofNewSites.length + 1, signal });
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(`\nDone in ${seconds} s. The job summaries are in .demo/failures/.`);
    return 0;
  } finally {
    await stage.close();
  }
};

const playAll = async (
  stage: Stage,
  failures: readonly Failure[],
  { from, signal }: { readonly from: number; readonly signal: AbortSignal },
): Promise<void> => {
  for (const [index, failure] of failures.entries()) {
    signal.throwIfAborted();
    await play(stage, failure, from + index);
  }
};

const play = async (
  stage: Stage,
  { story, wanted, breakIt, mend }: Failure,
  number: number,
): Promise<void> => {
  console.log(`\n━━ ${number}. ${story}`);
  await breakIt(stage);
  const begun = Date.now();
  const end = await stage.step('wait-healthy', visiting(stage));
  console.log(
    `   wait-healthy ended with ${end.exitCode} after ${((Date.now() - begun) / 1000).toFixed(0)} s:\n`,
  );
  const errors = end.commands.filter(({ name }) => name === 'error');
  for (const { text } of errors) console.log(text.replace(/^/gm, '   │ '));
  await writeFile(join(pages, `${number}-${wanted}.md`), end.summary);
  if (errors.length !== 1 || !errors[0]?.text.includes(`#${wanted}`))
    throw new Error(
      `The demo failed: one error by rule ${wanted} was wanted.\n${end.lines.slice(-40).join('\n')}`,
    );
  await mend(stage);
  await expectHealthy(stage);
};

const expectHealthy = async (stage: Stage): Promise<void> => {
  const { outputs } = await demand(stage, 'wait-healthy', visiting(stage));
  console.log(`   ✅ healthy after ${outputs['waited-seconds']} s`);
};

await runToEnd(main);
