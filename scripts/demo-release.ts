// `npm run demo:release`: Envelope released by the workflow files in examples/workflows, on GitHub and AWS in boxes. Its
// database secret was written by hand and lacks a key, so the migration cannot start: the run says so, the secret is
// corrected, and *Re-run failed jobs* goes on in the same execution. Then six services are redeployed, everything is looked
// at, and one command is run. Real time, with the cloud's own delays shortened.
import { join } from 'node:path';
import { type ApplicationRehearsal, openRehearsal, type Started } from '../sandbox/rehearsal.ts';
import { expectEnd, playDemo, root, writePage } from './rehearse/demo.ts';
import { openDatabaseSecret, readExecutions, readImages } from './rehearse/look-at-release.ts';
import { releaseVariables, summaryOf } from './rehearse/play.ts';
import { runToEnd } from './rehearse/to-end.ts';

const main = (signal: AbortSignal): Promise<number> =>
  playDemo(
    openRehearsal({
      project: root,
      fleet: join(root, 'examples/envelope'),
      workflows: join(root, 'examples/workflows'),
      application: { name: 'envelope', environment: 'prod' },
      repository: { owner: 'epactltd', name: 'infra' },
      speed: 60,
      signal,
    }),
    play,
  );

const play = async (rehearsal: ApplicationRehearsal): Promise<void> => {
  const secret = openDatabaseSecret(rehearsal);
  const { username = '', ...rest } = await secret.read();

  console.log(
    '\n━━ 1. A release of all three pipelines (release-envelope.yml); the database secret lacks a key',
  );
  await secret.write({ username });
  const release = started(rehearsal, 'release-envelope.yml', { pipelines: '', redeploy: 'all' });
  const failed = await rehearsal.run(release);
  expectEnd('failure', failed);
  await writePage('release-1-failed.md', summaryOf(failed, /api \/ release$/));
  await writePage('release-2-report.md', summaryOf(failed, /report$/));

  console.log('\n━━ 2. The secret is corrected, and the failed jobs are run again');
  await secret.write({ username, ...rest });
  const released = await rehearsal.rerun(release, failed);
  expectEnd('success', released);
  await writePage('release-3-report.md', summaryOf(released, /report$/));
  await writePage('release-4-validated.md', summaryOf(released, /validate$/));
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

await runToEnd(main);
