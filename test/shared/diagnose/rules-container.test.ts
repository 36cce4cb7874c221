// What is said of a container that ended: by the log first, else by its exit code, and only where it ended by itself.
import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { evidenceOf } from './fixtures.ts';

const firstOf = (evidence: Evidence): string | undefined => findAll(serviceRules, evidence)[0]?.id;

const stoppedBy = (stopCode: string, reason: string): Evidence => {
  const evidence = evidenceOf('killed');
  return { ...evidence, stopped: evidence.stopped.map((task) => ({ ...task, stopCode, reason })) };
};

describe('exit code 137', () => {
  test('is want of memory for sure where ECS says so, and likely where it does not', () => {
    expect(findAll(serviceRules, evidenceOf('out-of-memory'))[0]).toMatchObject({ sure: 'certain' });
    expect(findAll(serviceRules, evidenceOf('killed'))[0]).toMatchObject({ id: 'killed', sure: 'likely' });
  });

  test.each([
    ['ServiceSchedulerInitiated', 'Task failed ELB health checks in (target-group x)'],
    ['UserInitiated', 'Task stopped by user'],
    ['SpotInterruption', 'Your Spot Task was interrupted.'],
  ])('is no want of memory in a task that was stopped: %s', (stopCode, reason) => {
    const ids = findAll(serviceRules, stoppedBy(stopCode, reason)).map(({ id }) => id);
    expect(ids).not.toContain('killed');
    expect(ids).not.toContain('out-of-memory');
  });
});

test('a container that took the others along is named', () => {
  const evidence = evidenceOf('container-ended');
  const stopped = evidence.stopped.map((task) => ({
    ...task,
    containers: [
      { name: 'api', exitCode: 143, reason: '' },
      { name: 'nginx', exitCode: 3, reason: '' },
    ],
  }));
  const [finding] = findAll(serviceRules, { ...evidence, stopped });
  expect(finding?.cause).toContain('Container nginx ended by itself with exit code 3');
});

test('a log that says why goes before an exit code that does not', () => {
  const evidence = evidenceOf('exit-127');
  const text = 'exec /usr/local/bin/start.sh: exec format error';
  const logs = evidence.logs.map((log) => ({ ...log, lines: [{ at: 1, text }] }));
  expect(firstOf({ ...evidence, logs })).toBe('exec-format-error');
});

describe('a task that was stopped for its health', () => {
  const evidence = evidenceOf('grace-period-too-short');
  const late = (at: (stoppedAt: number) => number): Evidence => ({
    ...evidence,
    logs: evidence.stopped.map(({ id, stoppedAt }) => ({
      taskId: id,
      group: '/ecs/sit',
      stream: `goldencrust/wordpress/${id}`,
      kind: 'read',
      lines: [{ at: at(stoppedAt), text: 'AH00163: Apache/2.4.65 configured -- resuming normal operations' }],
    })),
  });

  test('had too little time where it came up just before', () => {
    expect(firstOf(late((stoppedAt) => stoppedAt - 5_000))).toBe('grace-period-too-short');
  });

  test('had time enough where it had been up for long', () => {
    expect(firstOf(late((stoppedAt) => stoppedAt - 400_000))).not.toBe('grace-period-too-short');
  });
});
