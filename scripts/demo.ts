// `npm run demo`: a rollout of the runbook's 13 SIT tenants by the workflow files in examples/workflows, on GitHub and AWS
// in boxes: plan on a pull request, pilot, approval, batches, a tenant that fails on purpose, halt, fix, resume.
// Real time, with the cloud's own delays shortened.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEnd } from '../sandbox/github/workflow/types.ts';
import { openRehearsal, type Rehearsal } from '../sandbox/rehearsal.ts';
import { expectEnd, playDemo, root, writePage } from './rehearse/demo.ts';
import { dispatch, healthyTenants, pullRequest, showRun, siteVariables, summaryOf } from './rehearse/play.ts';
import { runToEnd } from './rehearse/to-end.ts';

const environment = 'sit';
const victim = 'sunsetbistro';

const main = (signal: AbortSignal): Promise<number> =>
  playDemo(
    openRehearsal({
      project: root,
      fleet: join(root, 'examples/wpsit'),
      workflows: join(root, 'examples/workflows'),
      environment,
      speed: 60,
      signal,
    }),
    play,
  );

const play = async (rehearsal: Rehearsal): Promise<void> => {
  console.log('\n━━ 1. A pull request shows what it would change (check.yml)');
  expectEnd('success', await pullRequest(rehearsal, { onLine: showRun }));
  await writePage('1-comment.md', rehearsal.hub.snapshot().comments[0]?.body ?? '');

  console.log(`\n━━ 2. Rollout; the image of ${victim} has a typing error (deploy-fleet.yml)`);
  await breakTenant(rehearsal);
  const halted = await deploy(rehearsal, {});
  expectEnd('failure', halted);
  await writePage('2-halted.md', summaryOf(halted, /report$/));
  await expectHealthy(rehearsal, 'halted');

  console.log('\n━━ 3. The manifest is corrected, and the rollout resumed with what is left');
  await mendTenant(rehearsal);
  const resumed = await deploy(rehearsal, { 'resume-from': String(halted.id), 'resume-commit': 'newer' });
  expectEnd('success', resumed);
  await writePage('3-resumed.md', summaryOf(resumed, /report$/));
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

const expectHealthy = async (rehearsal: Rehearsal, when: 'halted' | 'done'): Promise<void> => {
  const healthy = await healthyTenants(rehearsal);
  console.log(`   AWS has ${healthy.length} healthy tenants`);
  const isRight = when === 'done' ? healthy.length === 13 : !healthy.some((name) => name.includes(victim));
  if (!isRight) throw new Error(`The demo failed: healthy are: ${healthy.join(', ')}`);
};

await runToEnd(main);
