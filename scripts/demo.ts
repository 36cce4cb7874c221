// `npm run demo`: the goldencrust pilot of the SIT runbook, in, healthy, and out again, through the built actions as
// the runner runs them, against the sandbox AWS over HTTP. Real time, with the cloud's own delays shortened.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStep, type StepEnd } from '../sandbox/github/step.ts';
import { type OpenSandbox, openSandbox } from '../sandbox/open.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.demo');
const tenant = 'goldencrust';
const environment = 'sit';

type Act = {
  readonly title: string;
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly proves?: (end: StepEnd, open: OpenSandbox) => string;
};

const wayIn = (siteUrl: string): readonly Act[] => [
  {
    title: 'Plan: what would be made',
    action: 'provision-tenant',
    inputs: { 'dry-run': 'true' },
    proves: (_, { sandbox }) => `${sandbox.calls.filter(({ write }) => write).length} writes`,
  },
  { title: 'Secret and access policy', action: 'provision-tenant', inputs: { steps: 'secret,access' } },
  { title: 'Database, user and grant', action: 'run-db-init', inputs: { operation: 'init' } },
  { title: 'Storage, task definition, routing, service', action: 'provision-tenant', inputs: {} },
  {
    title: 'Wait until healthy',
    action: 'wait-healthy',
    inputs: { probe: `${siteUrl}/`, 'stable-seconds': '3' },
  },
  {
    title: 'Provision again: nothing to do',
    action: 'provision-tenant',
    inputs: {},
    proves: ({ outputs }) => {
      if (outputs.changed !== 'false') throw new Error('the second run changed something');
      return 'changed: false';
    },
  },
];

const wayOut: readonly Act[] = [
  {
    title: 'Roll back to nothing, with a dump first',
    action: 'rollback-tenant',
    inputs: { mode: 'teardown', confirm: tenant, 'drop-database': 'true', 'purge-secret': 'true' },
  },
  {
    title: 'Proof: a plan finds nothing left',
    action: 'provision-tenant',
    inputs: { 'dry-run': 'true' },
    proves: ({ outputs }) => {
      const plan = JSON.parse(outputs.plan ?? '[]') as readonly { readonly action: string }[];
      const left = plan.filter(({ action }) => action !== 'create').length;
      if (left) throw new Error(`${left} resources are left`);
      return `${plan.length} of ${plan.length} resources are absent`;
    },
  },
];

const play = async (open: OpenSandbox): Promise<string> => {
  let summary = '';
  for (const [index, act] of [...wayIn(open.siteUrl), ...wayOut].entries()) {
    const started = Date.now();
    const from = open.sandbox.calls.length;
    console.log(`\n━━ ${index + 1}. ${act.title} (${act.action})`);
    const end = await runStep({
      action: join(root, 'actions', act.action),
      inputs: { fleet: 'examples/wpsit', environment, tenant, ...act.inputs },
      env: { ...open.env, GITHUB_WORKSPACE: root },
      onLine: (line) => console.log(`   ${line.replaceAll('\n', '\n   ')}`),
    });
    if (end.exitCode !== 0) throw new Error(`${act.action} ended with exit code ${end.exitCode}`);
    const calls = open.sandbox.calls.slice(from);
    const proof = act.proves ? `; ${act.proves(end, open)}` : '';
    const writes = calls.filter(({ write }) => write).length;
    console.log(
      `   ${((Date.now() - started) / 1000).toFixed(1)} s, ${calls.length} calls, ${writes} writes${proof}`,
    );
    summary += `# ${index + 1}. ${act.title}\n\n${end.summary}\n`;
  }
  return summary;
};

const main = async (): Promise<void> => {
  const started = Date.now();
  const open = await openSandbox({ fleet: join(root, 'examples/wpsit'), environment, port: 0, speed: 20 });
  console.log(
    `Sandbox AWS account ${open.sandbox.cloud.accountId} (${open.sandbox.cloud.region}) at ${open.endpoint}`,
  );
  for (const note of open.notes) console.log(note);
  try {
    const summary = await play(open);
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'summary.md');
    await writeFile(file, summary);
    console.log(`\n━━ The job summary, as GitHub would show it\n\n${summary}`);
    console.log(`It is in .demo/summary.md. Done in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
  } finally {
    await open.close();
  }
};

try {
  await main();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
