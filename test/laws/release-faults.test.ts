// Law 3 for releases: each call refused, failed, throttled, or its answer lost after it took effect; the run's next
// attempt ends in the cloud of an undisturbed run, nothing doubled, nothing of ours left running.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../sandbox/aws/faults.ts';
import type { SandboxCall } from '../../sandbox/aws/protocol/dispatch.ts';
import type { ApplicationLab, ApplicationLabOptions } from '../application-lab.ts';
import { createReleaseLab, failing, runTurns, type Turn } from './release-lab.ts';

type Scene = {
  /** What ran before, undisturbed. */
  readonly before?: readonly Turn[];
  readonly turn: Turn;
  readonly options?: () => ApplicationLabOptions;
};

const pipeline = (given: Turn['given'] = {}): Turn => ({
  action: 'trigger-pipeline',
  given: { pipeline: 'api', approval: 'approve', ...given },
});

const scenes: Readonly<Record<string, Scene>> = {
  release: { turn: pipeline() },
  'release whose stage is retried': {
    turn: pipeline({ 'retry-failed-stage': '1' }),
    options: () => ({ works: { 'api/Deploy': failing(1) } }),
  },
  rollback: {
    before: ['1', '2', '3'].map((id) => ({ ...pipeline(), id })),
    turn: pipeline({ operation: 'rollback', 'rollback-stage': 'Deploy' }),
  },
  migration: { turn: { action: 'run-db-init', given: { operation: 'migrate' } } },
  command: {
    turn: {
      action: 'run-db-init',
      given: { operation: 'command', service: 'api', command: 'php artisan queue:retry all' },
    },
  },
  redeployment: { turn: { action: 'redeploy-services', given: {} } },
  validation: { turn: { action: 'wait-healthy', given: {} } },
};

const startOf = async ({ options, before = [] }: Scene): Promise<ApplicationLab> => {
  const lab = await createReleaseLab(options?.());
  expect(await runTurns(lab, before)).toBe(0);
  return lab;
};

/** Whether it took effect, whatever the caller heard of it. */
const took = ({ outcome, errorCode }: SandboxCall): boolean =>
  outcome !== 'refused' && errorCode === undefined;

const tookOf = ({ sandbox }: ApplicationLab, name: string): number =>
  sandbox.calls.filter((call) => call.operation === name && took(call)).length;

const servicesOf = ({ application, sandbox }: ApplicationLab): readonly object[] => {
  const { services = [] } = sandbox.neighbours.ecs.operations.DescribeServices({
    cluster: application.cluster,
    services: application.services.map(({ service }) => service),
  });
  return services.map(({ serviceName, taskDefinition, desiredCount, runningCount, deployments = [] }) => ({
    serviceName,
    taskDefinition,
    desiredCount,
    runningCount,
    deployments: deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`),
  }));
};

/** Commands of one-off tasks that ran to a good end; one that its job stopped is none. */
const doneBy = ({ sandbox }: ApplicationLab): readonly string[] =>
  sandbox.neighbours.ecs
    .tasks()
    .filter(
      ({ service, containers }) => service === undefined && containers.some(({ exitCode }) => exitCode === 0),
    )
    .map(({ overrides }) => overrides.containerOverrides?.[0]?.command?.join(' ') ?? '');

/** Once nothing moves any more: what was made, how often, and what of ours still runs. */
const endOf = async (lab: ApplicationLab): Promise<object> => {
  await lab.clock.sleep(600_000);
  const { codepipeline, ecs } = lab.sandbox.neighbours;
  const executions = lab.application.pipelines.map(({ pipeline: name }) =>
    codepipeline.executions(name).map(({ kind, status, runs }) => ({
      kind: kind.type,
      status,
      runs: runs.map((run) => `${run.stage} ${run.status}`),
    })),
  );
  const { logs: _, ...snapshot } = lab.sandbox.snapshot();
  return {
    executions,
    snapshot: { ...snapshot, ecs: undefined },
    services: servicesOf(lab),
    approvals: tookOf(lab, 'PutApprovalResult'),
    done: doneBy(lab),
    migrated: lab.envelope.migrated(),
    running: ecs
      .tasks()
      .filter(
        ({ startedBy, lastStatus }) => startedBy?.startsWith('tenant-actions') && lastStatus !== 'STOPPED',
      ),
  };
};

type Call = {
  readonly at: number;
  readonly operation: string;
  readonly write: boolean;
  readonly first: boolean;
};

/** Each write, the call after it, and each read's first two and last: those between are the same look again. */
const interesting = (calls: readonly SandboxCall[]): readonly Call[] =>
  calls.flatMap(({ operation, write }, index) => {
    const same = calls.flatMap((call, at) => (call.operation === operation ? [at] : []));
    const chosen = write || calls[index - 1]?.write || [same[0], same[1], same.at(-1)].includes(index);
    return chosen ? [{ at: index + 1, operation, write, first: same[0] === index }] : [];
  });

type Baseline = { readonly end: object; readonly calls: readonly Call[]; readonly all: number };
const baselines = new Map<string, Baseline>();

beforeAll(async () => {
  for (const [name, scene] of Object.entries(scenes)) {
    const lab = await startOf(scene);
    const from = lab.sandbox.calls.length;
    expect([name, await runTurns(lab, [scene.turn])]).toEqual([name, 0]);
    const made = lab.sandbox.calls.slice(from);
    baselines.set(name, { end: await endOf(lab), calls: interesting(made), all: made.length });
  }
}, 120_000);

/** What the SDK repeats by itself is struck at writes, and at the first read of each kind. */
const effects: readonly (readonly [FaultEffect['kind'], (call: Call) => boolean])[] = [
  ['access-denied', () => true],
  ['lose', () => true],
  ['server-error', ({ write, first }) => write || first],
  ['throttle', ({ write, first }) => write || first],
];

const strike = async (scene: Scene, { at }: Call, kind: 'access-denied'): Promise<ApplicationLab> => {
  const lab = await startOf(scene);
  lab.sandbox.faults.arm({ from: at, count: 1, effect: { kind } });
  await runTurns(lab, [scene.turn]);
  return lab;
};

describe.each(Object.entries(scenes))('%s', (name, scene) => {
  test.each(effects)(
    'a call that ends in %s leaves what the next attempt brings to the same end',
    async (kind, isStruck) => {
      const { end, calls = [], all = 0 } = baselines.get(name) ?? {};
      const struck = calls.filter(isStruck);
      const wrong: string[] = [];
      for (const call of struck) {
        try {
          const lab = await strike(scene, call, kind as 'access-denied');
          expect(await endOf(lab)).toEqual(end);
        } catch (error) {
          const told = error instanceof Error ? error.message.slice(0, 1_500) : String(error);
          wrong.push(`call ${call.at} (${call.operation}): ${told}`);
        }
      }
      console.info(
        `${name}, ${kind}: ${struck.length} of ${all} calls struck, ${all - struck.length} left out`,
      );
      expect(wrong).toEqual([]);
      expect(struck.length).toBeGreaterThan(3);
    },
    300_000,
  );
});
