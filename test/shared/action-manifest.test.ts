// A refusal of AWS's sends people to the manifest that the action read, in what the runner shows of it.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const account = '815856636111';
const manifest = `name: envelope
cluster: gone
services:
  api: {}
environments:
  prod:
    accountId: "${account}"
    region: eu-west-2
`;

/** Answers who is asking, and that there is no such cluster to anything else. */
const openCloud = () =>
  createServer((request, response) => {
    request.resume();
    if (request.headers['x-amz-target']) {
      response.statusCode = 400;
      return response.end('{"__type":"ClusterNotFoundException","message":"Cluster not found."}');
    }
    return response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account><Arn>arn:aws:iam::${account}:user/ada</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  });

const runAction = (env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['actions/redeploy-services/src/main.ts'], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    child.on('close', () => resolve(said));
  });

test("an application's wrong cluster is corrected in the application's manifest", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  const cloud = openCloud();
  try {
    await mkdir(join(folder, 'applications'));
    await writeFile(join(folder, 'applications/envelope.yml'), manifest);
    await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
    const said = await runAction({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`,
      INPUT_FLEET: folder,
      INPUT_APPLICATION: 'envelope',
      INPUT_ENVIRONMENT: 'prod',
      'INPUT_TIMEOUT-MINUTES': '1',
      'INPUT_DRY-RUN': 'true',
    });
    expect(said).toMatch(/::error::ClusterNotFoundException.*Correct cluster in the application's manifest/);
    expect(said).not.toContain('environment manifest');
  } finally {
    cloud.close();
    cloud.closeAllConnections();
    await rm(folder, { recursive: true });
  }
});
