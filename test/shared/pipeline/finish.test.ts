// What a killed job leaves running is stopped by its post step; what main ended is left alone.
import { expect, test } from '@jest/globals';
import { type Finishing, finishCancelled } from '../../../src/shared/pipeline/finish.ts';
import type { World } from '../../../src/shared/world.ts';
import { createKit, type Kit, type KitOptions, seconds, takes } from './hands-kit.ts';

const inputs: Finishing = {
  fleet: 'examples/envelope',
  environment: 'prod',
  application: 'envelope',
  roleToAssume: undefined,
  timeoutMinutes: 120,
  pipeline: 'api',
  onCancel: 'stop',
};

const running = async (options: KitOptions = {}) => {
  const kit = await createKit({ unattended: true, works: { Build: takes(seconds(60)) }, ...options });
  const executionId = await kit.start();
  await kit.clock.sleep(seconds(20));
  return { kit, executionId };
};

type Left = { readonly 'execution-id'?: string; readonly ended?: string };

const finish = (
  kit: Kit,
  left: Left,
  given: Partial<Finishing> = {},
  world: World = kit.world,
): Promise<void> => finishCancelled({ ...inputs, ...given }, world, (name) => left[name as keyof Left] ?? '');

test('stops what main left running, and names the run and who started it', async () => {
  const { kit, executionId } = await running();
  await finish(kit, { 'execution-id': executionId });
  expect(kit.status(executionId)).toBe('Stopping');
  expect(kit.port.executions(kit.pipeline.pipeline)[0]?.stopReason).toMatch(/cancelled \(ada\).*runs\/4711/);
});

test('abandon on request', async () => {
  const { kit, executionId } = await running();
  await finish(kit, { 'execution-id': executionId }, { onCancel: 'abandon' });
  await kit.clock.sleep(seconds(2));
  expect(kit.status(executionId)).toBe('Stopped');
});

test('leave: leaves it, and says where it goes on', async () => {
  const { kit, executionId } = await running();
  await finish(kit, { 'execution-id': executionId }, { onCancel: 'leave' });
  expect(kit.status(executionId)).toBe('InProgress');
  expect(kit.lines.join('\n')).toMatch(new RegExp(`goes on without the job .*${executionId}/timeline`));
});

test.each([
  ['nothing was started', {}],
  ['main came to its end', { ended: 'true' }],
] as const)('%s: not a single call', async (_, left) => {
  const { kit, executionId } = await running();
  const before = kit.sandbox.calls.length;
  await finish(kit, 'ended' in left ? { ...left, 'execution-id': executionId } : left);
  expect(kit.sandbox.calls.length).toBe(before);
  expect(kit.status(executionId)).toBe('InProgress');
});

test('main has stopped it already: nothing happens a second time', async () => {
  const { kit, executionId } = await running();
  await finish(kit, { 'execution-id': executionId });
  await finish(kit, { 'execution-id': executionId });
  await kit.clock.sleep(seconds(120));
  await finish(kit, { 'execution-id': executionId });
  expect(kit.status(executionId)).toBe('Stopped');
  expect(kit.lines.join('\n')).toContain('there is nothing to stop');
});

test.each([
  ['is denied', { kind: 'access-denied' }],
  ['is refused for ever', { kind: 'error', code: 'ConflictException', message: 'busy' }],
] as const)('stopping %s: a warning that names the execution, no error and no stack', async (_, effect) => {
  const { kit, executionId } = await running();
  kit.sandbox.faults.arm({ operation: 'StopPipelineExecution', count: 999, effect });
  const began = kit.clock.now();
  await finish(kit, { 'execution-id': executionId });
  expect(kit.lines.at(-1)).toMatch(
    new RegExp(`^warning: Execution ${executionId} of pipeline api may still run`),
  );
  expect(kit.lines.join('\n')).not.toMatch(/\n\s+at /);
  expect(kit.clock.now() - began).toBeLessThanOrEqual(seconds(60));
});

test('manifests that are gone by then are a warning too', async () => {
  const { kit, executionId } = await running();
  await finish(kit, { 'execution-id': executionId }, { fleet: 'nowhere' });
  expect(kit.lines.at(-1)).toMatch(/^warning: Execution .* may still run/);
});
