// `npm run demo:release`: Envelope released by the workflow files in examples/workflows, on GitHub and AWS in boxes. Its
// database secret was written by hand and lacks a key, so the migration cannot start: the run says so, the secret is
// corrected, and *Re-run failed jobs* goes on in the same execution. Then six services are redeployed, everything is looked
// at, and one command is run. Real time, with the cloud's own delays shortened.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEnd } from '../sandbox/github/workflow/types.ts';
import { type ApplicationRehearsal, openRehearsal, type Started } from '../sandbox/rehearsal.ts';
import { openDatabaseSecret, readExecutions, readImages } from './rehearse/look-at-release.ts';
import { releaseVariables, summaryOf } from './rehearse/play.ts';
import { runToEnd } from './rehearse/to-end.ts';

const root = join(import.meta.dirname, '..');
const pages = join(root, '.demo');

const main = async (signal: AbortSignal): Promise<number> => {
  const started = Date.now();
  const rehearsal = await openRehearsal({
    project: root,
    fleet: join(root, 'examples/envelope'),
    workflows: join(root, 'examples/workflows'),
    application: { name: 'envelope', environment: 'prod' },
    repository: { owner: 'epactltd', name: 'infra' },
    speed: 60,
    signal,
  });
  const { accountId, region } = rehearsal.cloud.sandbox.cloud;
  console.log(
    `AWS account ${accountId} (${region}) at ${rehearsal.cloud.endpoint}, GitHub at ${rehearsal.hub.url}`,
  );
  for (const note of rehearsal.notes) console.log(note);
  try {
    await play(rehearsal);
    console.log(`\nDone in ${((Date.now() - started) / 1000).toFixed(0)} s. The pages are in .demo/.`);
    return 0;
  } finally {
    await rehearsal.close();
  }
};

const play = async (rehearsal: ApplicationRehearsal): Promise<void> => {
  await mkdir(pages, { recursive: true });
  const secret = openDatabaseSecret(rehearsal);
  const { username = '', ...rest } = await secret.read();

  console.log(
    '\n━━ 1. A release of all three pipelines (release-envelope.yml); the database secret lacks a key',
  );
  await secret.write({ username });
  const release = started(rehearsal, 'release-envelope.yml', { pipelines: '', redeploy: 'all' });
  const failed = await rehearsal.run(release);
  expectEnd('failure', failed);
  await page('release-1-failed.md', summaryOf(failed, /api \/ release$/));
  await page('release-2-report.md', summaryOf(failed, /report$/));

  console.log('\n━━ 2. The secret is corrected, and the failed jobs are run again');
  await secret.write({ username, ...rest });
  const released = await rehearsal.rerun(release, failed);
  expectEnd('success', released);
  await page('release-3-report.md', summaryOf(released, /report$/));
  await page('release-4-validated.md', summaryOf(released, /validate$/));
  await expectReleased(rehearsal);

  console.log('\n━━ 3. One command in a service (run-command.yml)');
  const command = started(rehearsal, 'run-command.yml', {
    service: 'worker',
    command: 'php artisan queue:failed',
  });
  expectEnd('success', await rehearsal.run(command));
};

const started = (
  rehearsal: ApplicationRehearsal,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
): Started => ({
  workflow: `.github/workflows/${workflow}`,
  event: { name: 'workflow_dispatch', payload: {}, inputs, actor: 'you' },
  variables: releaseVariables(rehearsal),
  onLine: show,
  approve: async ({ environment, job }) => {
    console.log(`   ✋ ${job} waits for a reviewer of ${environment}: approved`);
    return 'approved';
  },
});

/** What a person would follow: the pipelines, the services and the command; of other jobs what went wrong. */
const show = (job: string, line: string): void => {
  const short = job.replace(/^(release|command) \/ /, '');
  const isWatched = /\/ release$|redeploy|run in/.test(short);
  if (isWatched ? !/^(Run|Post) |^$/.test(line) : /^(ERROR|WARNING|NOTICE)\b/.test(line))
    console.log(`   ${short} │ ${line}`);
};

const expectEnd = (wanted: RunEnd['conclusion'], end: RunEnd): void => {
  if (end.conclusion === wanted) return;
  for (const { name, conclusion, lines } of end.jobs)
    if (conclusion === 'failure') console.error(`${name}: ${conclusion}\n  ${lines.slice(-15).join('\n  ')}`);
  throw new Error(`The demo failed: the run ended with ${end.conclusion} instead of ${wanted}`);
};

const expectReleased = async (rehearsal: ApplicationRehearsal): Promise<void> => {
  const executions = readExecutions(rehearsal);
  for (const [pipeline, statuses] of Object.entries(executions))
    console.log(`   ${pipeline}: ${statuses.length} execution, ${statuses.join(', ')}`);
  const isRight = Object.values(executions).every(
    (statuses) => statuses.length === 1 && statuses[0] === 'Succeeded',
  );
  if (!isRight) throw new Error('The demo failed: a pipeline ran twice, or did not succeed');
  for (const [service, image] of Object.entries(await readImages(rehearsal)))
    console.log(`   ${service} runs ${image}`);
};

const page = async (name: string, text: string): Promise<void> => {
  await writeFile(join(pages, name), text);
  console.log(`\n${text}\n`);
};

await runToEnd(main);
