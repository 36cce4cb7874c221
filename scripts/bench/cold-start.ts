// From the start of an action's process to the first byte that it sends to AWS or GitHub, beside Node's own start and end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { median, pairRatios, type Row, spread } from './measure.ts';
import { type Call, startAction } from './steps.ts';

const warmUps = 2;
const pairs = 15;
const limit = 3.2;

const calls: readonly Pick<Call, 'action' | 'inputs'>[] = [
  { action: 'provision-tenant', inputs: {} },
  { action: 'run-db-init', inputs: { operation: 'init' } },
  { action: 'wait-healthy', inputs: {} },
  { action: 'rollback-tenant', inputs: { mode: 'teardown', confirm: 'goldencrust' } },
  { action: 'plan-fleet', inputs: { mode: 'plan' } },
  { action: 'report-rollout', inputs: { mode: 'tenant', state: 'success', token: 'sandbox' } },
];

export const measureColdStarts = async (say: (line: string) => void): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const call of calls) {
    say(`cold start of ${call.action}`);
    const [action, node]: [number[], number[]] = [[], []];
    for (let index = -warmUps; index < pairs; index++) {
      const pair = [await nodeMs(), await firstByteMs(call)] as const;
      if (index < 0) continue;
      node.push(pair[0]);
      action.push(pair[1]);
    }
    rows.push(rowOf(call.action, action, node));
  }
  return rows;
};

const rowOf = (action: string, ours: readonly number[], node: readonly number[]): Row => {
  const ratio = median(ours) / median(node);
  const ratios = pairRatios(ours, node);
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(1));
  return {
    what: `Cold start to first request: ${action} to \`node -e 0\``,
    measured: `${ratio.toFixed(1)} (${low} … ${high}): ${spread(ours, ' ms')} to ${spread(node, ' ms')}`,
    samples: `${pairs} pairs`,
    budget: `≤ ${limit}`,
    met: ratio <= limit ? 'yes' : 'no',
  };
};

const nodeMs = async (): Promise<number> => {
  const env = { PATH: process.env.PATH ?? '' };
  const child = spawn(process.execPath, ['-e', '0'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const started = performance.now();
  await once(child, 'exit');
  return performance.now() - started;
};

/** Kills the action at its first byte. Throws where it ends without one. */
const firstByteMs = async (call: Pick<Call, 'action' | 'inputs'>): Promise<number> => {
  let [started, firstAt] = [0, 0];
  let kill = (): void => {};
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      firstAt ||= performance.now();
      kill();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIASANDBOX', AWS_SECRET_ACCESS_KEY: 'sandbox' };
  // One of both is asked first, whichever action it is.
  const github = {
    GITHUB_API_URL: endpoint,
    GITHUB_REPOSITORY: 'your-org/wpsit',
    GITHUB_SHA: 'a'.repeat(40),
  };
  const env = { AWS_ENDPOINT_URL: endpoint, ...github, ...credentials };
  const end = await startAction(
    { ...call, tenant: 'goldencrust', env },
    {
      onStart: (child) => {
        started = performance.now();
        kill = () => void child.kill('SIGKILL');
      },
    },
  );
  server.close();
  if (firstAt === 0) throw new Error(`${call.action} asked nothing:\n${end.lines.slice(-10).join('\n')}`);
  return firstAt - started;
};
