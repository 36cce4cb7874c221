// `npm run demo`: a rollout of the runbook's 13 SIT tenants by the workflow files in examples/workflows, on GitHub and AWS
// in boxes: plan on a pull request, pilot, approval, batches, a tenant that fails on purpose, halt, fix, resume.
// Real time, with the cloud's own delays shortened.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEnd } from '../sandbox/github/workflow/types.ts';
import { openRehearsal, type Rehearsal } from '../sandbox/rehearsal.ts';
import { dispatch, healthyTenants, pullRequest, showRun, siteVariables, summaryOf } from './rehearse/play.ts';
import { runToEnd } from './rehearse/to-end.ts';

const root = join(import.meta.dirname, '..');
const pages = join(root, '.demo');
const environment = 'sit';
const victim = 'sunsetbistro';

const main = async (signal: AbortSignal): Promise<number> => {
  const started = Date.now();
  const rehearsal = await openRehearsal({
    project: root,
    fleet: join(root, 'examples/wpsit'),
    workflows: join(root, 'examples/workflows'),
    environment,
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

const play = async (rehearsal: Rehearsal): Promise<void> => {
  await mkdir(pages, { recursive: true });
  console.log('\n━━ 1. A pull request shows what it would change (check.yml)');
  await expectEnd('success', await pullRequest(rehearsal, { onLine: showRun }));
  await page('1-comment.md', rehearsal.hub.snapshot().comments[0]?.body ?? '');

  console.log(`\n━━ 2. Rollout; the image of ${victim} has a typing error (deploy-fleet.yml)`);
  await breakTenant(rehearsal);
  const halted = await deploy(rehearsal, {});
  await expectEnd('failure', halted);
  await page('2-halted.md', summaryOf(halted, /report$/));
  await expectHealthy(rehearsal, 'halted');

  console.log('\n━━ 3. The manifest is corrected, and the rollout resumed with what is left');
  await mendTenant(rehearsal);
  const resumed = await deploy(rehearsal, { 'resume-from': String(halted.id), 'resume-commit': 'newer' });
  await expectEnd('success', resumed);
  await page('3-resumed.md', summaryOf(resumed, /report$/));
  await expectHealthy(rehearsal, 'done');
};

const deploy = (rehearsal: Rehearsal, inputs: Readonly<Record<string, string>>): Promise<RunEnd> =>
  dispatch(rehearsal, {
    workflow: '.github/workflows/deploy-fleet.yml',
    inputs: { environment, ...inputs },
    variables: siteVariables(rehearsal),
    onLine: showRun,
    approve: async ({ environment: gate, job }) => {
      console.log(`   ✋ ${job} waits for a reviewer of ${gate}: approved`);
      return 'approved';
    },
  });

const manifestOf = (rehearsal: Rehearsal): string => join(rehearsal.folder, `fleet/tenants/${victim}.yml`);
const typo = 'image: wordpres:6.8-php8.3-apache\n';

const breakTenant = async (rehearsal: Rehearsal): Promise<void> => {
  const file = manifestOf(rehearsal);
  await writeFile(file, `${await readFile(file, 'utf8')}${typo}`);
  rehearsal.commit(`Give ${victim} an image`);
};

const mendTenant = async (rehearsal: Rehearsal): Promise<void> => {
  const file = manifestOf(rehearsal);
  await writeFile(file, (await readFile(file, 'utf8')).replace(typo, ''));
  rehearsal.commit(`Correct the image of ${victim}`);
};

const expectEnd = async (wanted: RunEnd['conclusion'], end: RunEnd): Promise<void> => {
  if (end.conclusion === wanted) return;
  for (const { name, conclusion, lines } of end.jobs)
    if (conclusion === 'failure') console.error(`${name}: ${conclusion}\n  ${lines.slice(-15).join('\n  ')}`);
  throw new Error(`The demo failed: the run ended with ${end.conclusion} instead of ${wanted}`);
};

const expectHealthy = async (rehearsal: Rehearsal, when: 'halted' | 'done'): Promise<void> => {
  const healthy = await healthyTenants(rehearsal);
  console.log(`   AWS has ${healthy.length} healthy tenants`);
  const isRight = when === 'done' ? healthy.length === 13 : !healthy.some((name) => name.includes(victim));
  if (!isRight) throw new Error(`The demo failed: healthy are: ${healthy.join(', ')}`);
};

const page = async (name: string, text: string): Promise<void> => {
  await writeFile(join(pages, name), text);
  console.log(`\n${text}\n`);
};

await runToEnd(main);
