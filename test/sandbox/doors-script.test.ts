// `npm run sandbox`, as a person starts it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { STS } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { sit } from './fixture.ts';

const script = 'scripts/sandbox.ts';
const sitArguments = ['--fleet', 'examples/wpsit', '--environment', 'sit'];

const refusal = (
  args: readonly string[],
): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) => {
      expect(stdout).toBe('');
      resolve({ code: error?.code, lines: stderr.trim().split('\n') });
    });
  });

const usage = [
  expect.stringContaining('Usage: npm run sandbox'),
  expect.stringContaining('Port 0 takes a free one.'),
];

test.each([
  [
    [],
    [
      '--port is missing or has no value.',
      '--fleet is missing or has no value.',
      '--environment is missing or has no value.',
      ...usage,
    ],
  ],
  [
    ['--port', 'x', ...sitArguments],
    ['--port x is not a port: give a number from 0 to 65535.', ...usage],
  ],
  [
    ['--port', '0', ...sitArguments, '--prot', 'here'],
    ['--prot is not known.', "'here' is not expected.", ...usage],
  ],
  [
    ['--port', '0', '--fleet', 'nope', '--environment', 'sit'],
    ['There is no folder nope: give --fleet the path of a fleet folder.'],
  ],
  [
    ['--port', '0', '--fleet', 'examples/wpsit', '--environment', 'nowhere'],
    [expect.stringContaining("There is no environment 'nowhere'")],
  ],
])('%j is refused with one clear error each', async (args, lines) => {
  expect(await refusal(args)).toEqual({ code: 1, lines });
});

test('a taken port is refused', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, lines } = await refusal(['--port', String(port), ...sitArguments]);
  server.close();
  expect([code, lines.at(-1)]).toEqual([
    1,
    `Port ${port} is taken: stop what listens there, or give another --port.`,
  ]);
}, 60_000);

test.each(['SIGINT', 'SIGTERM'] as const)(
  'one JSON line says where it serves, until %s',
  async (signal) => {
    const child = spawn(process.execPath, [script, '--port', '0', ...sitArguments], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines: string[] = [];
    const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await once(output, 'line');
    const { endpoint, region, accountId, site } = JSON.parse(lines[0] ?? '');
    expect({ region, accountId }).toEqual({ region: sit.region, accountId: sit.accountId });
    const credentials = { accessKeyId: 'operator', secretAccessKey: 'not-checked' };
    expect((await new STS({ endpoint, region, credentials }).getCallerIdentity({})).Account).toBe(
      sit.accountId,
    );
    expect((await fetch(site)).status).toBe(404);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(lines).toHaveLength(1);
  },
  60_000,
);
