// Steps of a release over the HTTP door: the built actions, a workspace with Envelope's manifest, and a sandbox whose
// pipelines a test can hold at a stage.

import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealClock } from '../../sandbox/aws/clock.ts';
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { createEnvelope, type Envelope } from '../../sandbox/aws/containers/envelope.ts';
import { openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import type { WireRequest } from '../../sandbox/aws/protocol/wire.ts';
import { createSandbox, type Sandbox } from '../../sandbox/aws/sandbox.ts';
import { runStep, type Step, type StepEnd } from '../../sandbox/github/step.ts';
import { untilSettled } from '../../sandbox/settled.ts';
import { loadApplication } from '../../src/shared/fleet/applications.ts';

export type ReleaseRig = {
  readonly sandbox: Sandbox;
  readonly envelope: Envelope;
  /** Every request as it came over the wire. */
  readonly requests: readonly WireRequest[];
  /** Whether `api/<stage>` waits until it is let go or abandoned. */
  readonly hold: (stage: string | undefined) => void;
  readonly step: (action: string, step?: Partial<Step>) => Promise<StepEnd>;
  readonly close: () => Promise<void>;
};

const files = {
  list: async (folder: string) => globSync(`${folder}/**/*.yml`).sort(),
  read: (path: string) => readFile(path, 'utf8'),
};

const here = { environment: 'prod', application: 'envelope' };

/** The quick works of api's stages; `held` names the one that does not end. */
const workOf =
  (stage: string, held: () => string | undefined): Work =>
  async ({ log, sleep, signal }) => {
    log(`${stage} begins`);
    while (held() === stage && !signal.aborted) await sleep(500);
    await sleep(1_000);
    return { kind: 'succeeded' };
  };

/** Ten times as fast as the cloud. */
export const openReleaseRig = async (): Promise<ReleaseRig> => {
  const workspace = await mkdtemp(join(tmpdir(), 'workspace-'));
  await cp('examples/envelope', join(workspace, 'fleet'), { recursive: true });
  const application = await loadApplication(files, { fleet: join(workspace, 'fleet'), ...here });
  let held: string | undefined;
  const clock = createRealClock(10);
  const envelope = createEnvelope(application.images.map(({ repository }) => repository));
  const sandbox = createSandbox({
    clock,
    runtime: envelope.runtime,
    platforms: [],
    applications: [application],
    works: Object.fromEntries(
      ['Build', 'Migrate', 'Deploy'].map((stage) => [`api/${stage}`, workOf(stage, () => held)]),
    ),
  });
  await untilSettled(sandbox, application);
  const requests: WireRequest[] = [];
  const handle: Sandbox['handle'] = (request) => {
    requests.push(request);
    return sandbox.handle(request);
  };
  const door = await openHttpDoor({ handle }, 0);
  const env = {
    AWS_ENDPOINT_URL: door.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'epactltd/api',
  };
  return {
    sandbox,
    envelope,
    requests,
    hold: (stage) => {
      held = stage;
    },
    step: (action, step = {}) =>
      runStep({
        ...step,
        action: join('actions', action),
        inputs: { ...here, ...step.inputs },
        env: { ...env, ...step.env },
      }),
    close: async () => {
      await door.close();
      clock.stop();
      await rm(workspace, { recursive: true, force: true });
    },
  };
};
