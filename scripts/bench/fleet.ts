// A fleet of ten thousand tenants through the built plan-fleet, as a step of a job: time from the start of the process to
// its end, and the most memory that it held.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from '../../sandbox/github/step.ts';
import { writeFleet } from './fleet-of.ts';
import { type Row, spread, verdict } from './measure.ts';
import { root } from './steps.ts';

const tenants = 10_000;
const runs = 5;
const limits = { seconds: 3, megabytes: 400 };

type Run = { readonly seconds: number; readonly megabytes: number };

export const measureFleet = async (say: (line: string) => void): Promise<readonly Row[]> => {
  const workspace = await mkdtemp(join(tmpdir(), 'bench-fleet-'));
  try {
    writeFleet(join(workspace, 'fleet'), tenants);
    return [...(await measure('check', workspace, say)), ...(await measure('matrix', workspace, say))];
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
};

const measure = async (
  mode: 'check' | 'matrix',
  workspace: string,
  say: (line: string) => void,
): Promise<readonly Row[]> => {
  const measured: Run[] = [];
  // The first one fills the disk's cache.
  for (let index = 0; index <= runs; index++) {
    say(`plan-fleet ${mode}, ${tenants} tenants, run ${index} of ${runs}${index === 0 ? ' (warm-up)' : ''}`);
    const run = await runOnce(mode, workspace);
    if (index > 0) measured.push(run);
  }
  const what = `plan-fleet \`mode: ${mode}\`, ${tenants.toLocaleString('en')} tenants`;
  const samples = `${runs} runs`;
  const seconds = measured.map((run) => run.seconds);
  const megabytes = measured.map((run) => run.megabytes);
  // The design's budget is that of a check.
  const judge = (values: readonly number[], limit: number, unit: string): Pick<Row, 'budget' | 'met'> =>
    mode === 'check'
      ? { budget: `≤ ${limit} ${unit}`, met: verdict(values, limit) }
      : { budget: '', met: '' };
  return [
    {
      what: `${what}: time`,
      measured: spread(seconds, ' s', 2),
      samples,
      ...judge(seconds, limits.seconds, 's'),
    },
    {
      what: `${what}: peak of its memory`,
      measured: spread(megabytes, ' MB'),
      samples,
      ...judge(megabytes, limits.megabytes, 'MB'),
    },
  ];
};

const runOnce = async (mode: string, workspace: string): Promise<Run> => {
  const [hook, told] = [join(workspace, 'told.mjs'), join(workspace, 'told.json')];
  await writeFile(hook, hookText(told));
  const started = performance.now();
  const end = await runStep({
    action: join(root, 'actions/plan-fleet'),
    inputs: { mode, environment: 'sit' },
    env: { GITHUB_WORKSPACE: workspace, GITHUB_SHA: 'a'.repeat(40), NODE_OPTIONS: `--import=file://${hook}` },
  });
  const seconds = (performance.now() - started) / 1_000;
  if (end.exitCode !== 0) throw new Error(`plan-fleet ${mode} failed:\n${end.lines.slice(-10).join('\n')}`);
  // Kilobytes of 1,024 bytes.
  const { maxRSS } = JSON.parse(await readFile(told, 'utf8')) as NodeJS.ResourceUsage;
  return { seconds, megabytes: (maxRSS * 1_024) / 1e6 };
};

/** A module that is loaded before the action and tells at its end what it used. */
const hookText = (told: string): string =>
  `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.resourceUsage())));
`;
