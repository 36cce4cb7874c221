// The committed bundles with nothing but INPUT_ and GITHUB_ variables, an endpoint and credentials: what is wrong is said
// once, all of it at once, before anything is called or written, and never with a stack trace.
import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { runStep } from '../../sandbox/github/step.ts';
import { expectPlainFailure, messagesOf } from './failures.ts';
import { type ActionName, actions, openRig, type Rig, runAction, type Texts } from './kit.ts';

jest.setTimeout(60_000);

let rig: Rig;
let from = 0;
beforeAll(async () => {
  rig = await openRig();
});
beforeEach(() => {
  from = rig.requests.length;
});
afterAll(() => rig.close());

const callsMade = (): number => rig.requests.length - from;
const writes = (): readonly string[] =>
  rig.sandbox.calls.filter(({ write }) => write).map(({ operation }) => operation);

const sharedWrong: Texts = {
  environment: '',
  tenant: 'Golden Crust',
  'role-to-assume': 'admin',
  'dry-run': 'yes',
  'timeout-minutes': '0',
};
const sharedErrors = [
  /^Input environment is required/,
  /^Input tenant is 'Golden Crust'/,
  /^Input role-to-assume is 'admin'/,
  /^Input dry-run is 'yes', not a boolean/,
  /^Input timeout-minutes is '0'/,
];

type Wrong = { readonly inputs: Texts; readonly errors: readonly RegExp[] };

const own: Readonly<Record<ActionName, Wrong>> = {
  'provision-tenant': {
    inputs: { steps: 'secret, acess', adopt: 'perhaps' },
    errors: [/^Input steps names 'acess'/, /^Input adopt is 'perhaps'/],
  },
  'run-db-init': {
    inputs: { operation: 'destroy', executor: 'lambda' },
    errors: [/^Input operation is 'destroy'/, /^Input executor is 'lambda'/],
  },
  'wait-healthy': {
    inputs: { 'deployment-id': '7', probe: 'ftp://x', 'stable-seconds': '-1' },
    errors: [/^Input deployment-id is '7'/, /^Input probe is 'ftp:/, /^Input stable-seconds is '-1'/],
  },
  'rollback-tenant': {
    inputs: { 'drop-database': 'si', 'purge-secret': 'no' },
    errors: [
      /^Input mode is required/,
      /^Input drop-database is 'si', not a boolean/,
      /^Input purge-secret is 'no', not a boolean/,
    ],
  },
};

/** Inputs with which the action would do its work. */
const right: Readonly<Record<ActionName, Texts>> = {
  'provision-tenant': {},
  'run-db-init': {},
  'wait-healthy': {},
  'rollback-tenant': { mode: 'teardown', confirm: 'goldencrust' },
};

describe.each(actions)('%s', (action) => {
  test('every wrong input is one error, all at once, and nothing is called', async () => {
    const end = await runAction(rig, action, { inputs: { ...sharedWrong, ...own[action].inputs } });
    expectPlainFailure(end);
    const wanted = [...sharedErrors, ...own[action].errors];
    const messages = messagesOf(end);
    expect(messages).toHaveLength(wanted.length);
    for (const pattern of wanted) expect(messages.filter((message) => pattern.test(message))).toHaveLength(1);
    expect(callsMade()).toBe(0);
  });

  test('a tenant that the fleet does not have stops before the first call', async () => {
    const end = await runAction(rig, action, { inputs: { ...right[action], tenant: 'goldencrumb' } });
    expectPlainFailure(end);
    expect(messagesOf(end)).toHaveLength(1);
    expect(messagesOf(end)[0]).toMatch(/goldencrumb.*goldencrust/s);
    expect(callsMade()).toBe(0);
  });

  test('another region than the environment stops before the first call', async () => {
    const end = await runAction(rig, action, {
      inputs: right[action],
      env: { AWS_REGION: 'eu-central-1' },
    });
    expectPlainFailure(end);
    expect(messagesOf(end)).toEqual([
      expect.stringMatching(
        /region eu-central-1 \(AWS_REGION\).*sit is in eu-west-1.*Nothing was written\. Correct aws-region/s,
      ),
    ]);
    expect(callsMade()).toBe(0);
  });

  test('another account than the environment stops before the first write', async () => {
    const manifest = 'fleet/environments/sit.yml';
    const text = await rig.workspace.read(manifest);
    await rig.workspace.edit(manifest, text.replace('815856636111', '093646564004'));
    const end = await runAction(rig, action, { inputs: right[action] });
    await rig.workspace.edit(manifest, text);
    expectPlainFailure(end);
    expect(messagesOf(end)).toEqual([
      expect.stringMatching(
        /account 815856636111 .*sit is account 093646564004.*Nothing was written\. Use a role of the right account/s,
      ),
    ]);
    expect(writes()).toEqual([]);
  });

  test('without credentials it says which are missing and how to give them', async () => {
    const job = { workspace: rig.workspace, env: { AWS_ENDPOINT_URL: 'http://aws.invalid' } };
    const end = await runAction(job, action, { inputs: right[action] });
    expectPlainFailure(end);
    expect(messagesOf(end)).toEqual([expect.stringMatching(/No AWS credentials.*role-to-assume/s)]);
    expect(callsMade()).toBe(0);
  });

  test('an endpoint that nobody listens on is said within seconds', async () => {
    const started = Date.now();
    const end = await runAction(rig, action, {
      inputs: right[action],
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    });
    expectPlainFailure(end);
    expect(messagesOf(end)).toEqual([
      expect.stringMatching(/ECONNREFUSED.*AWS could not be reached.*network and proxy/s),
    ]);
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});

test('a call that is never answered ends with the second signal, as the runner sends it', async () => {
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  let child: ChildProcess | undefined;
  mute.once('request', () => child?.kill('SIGINT'));
  const end = await runAction(rig, 'wait-healthy', {
    env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${(mute.address() as AddressInfo).port}` },
    onStart: (started) => {
      child = started;
    },
    onLine: (line) => {
      if (line.startsWith('SIGINT: stopping')) child?.kill('SIGTERM');
    },
  });
  mute.closeAllConnections();
  mute.close();
  expect(end.exitCode).toBe(1);
  expect(end.lines).toEqual([expect.stringContaining('SIGINT: stopping')]);
});

test('steps run under the runtime that action.yml declares, and under no other', async () => {
  const action = join(rig.workspace.folder, 'said-version');
  await mkdir(action);
  await writeFile(join(action, 'index.mjs'), 'console.log(process.versions.node)');
  const declare = (using: string): Promise<void> =>
    writeFile(join(action, 'action.yml'), `runs: { using: ${using}, main: index.mjs }`);
  await declare('node24');
  expect((await runStep({ action, inputs: {}, env: {} })).lines).toEqual([expect.stringMatching(/^24\./)]);
  await declare('node20');
  await expect(runStep({ action, inputs: {}, env: {} })).rejects.toThrow('declares node20');
});
