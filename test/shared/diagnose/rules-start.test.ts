// What is said of a task that never started: one cause, and the same for a deployment as for a one-off command.
import { describe, expect, test } from '@jest/globals';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { networkCauses } from '../../../src/shared/diagnose/rules/network.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { startCauses } from '../../../src/shared/diagnose/rules/start.ts';
import { reasonOf } from '../../../src/shared/diagnose/rules/starting.ts';
import { evidenceOf, failures } from './fixtures.ts';

const shared = [...startCauses, ...networkCauses];

const neverStarted = failures.filter(({ first }) => shared.some(({ id }) => id === first));

test('there is a rule for each of ECS’s ways to say it', () => {
  expect(neverStarted.length).toBeGreaterThanOrEqual(shared.length);
});

describe('a task that never started', () => {
  // A secret that is another tenant's may not be read, besides.
  test.each(neverStarted.filter(({ first }) => first !== 'secret-of-another-tenant'))(
    'has one cause at most: $name',
    ({ evidence }) => {
      const causes = findAll(serviceRules, evidence).filter(({ level }) => level === 'cause');
      expect(causes.length).toBeLessThanOrEqual(1);
    },
  );

  test.each(neverStarted)('is told alike of a one-off command: $name', ({ evidence, first }) => {
    const [task] = evidence.stopped;
    const reason = task ? reasonOf(task) : (evidence.events[0]?.text ?? '');
    const { facts, network, definition } = evidence;
    const secrets = definition?.containers.flatMap((one) => Object.values(one.secrets)) ?? [];
    const told = findAll(shared, { facts, reason, secrets, network })[0];
    const ofService = findAll(serviceRules, evidence)[0];
    expect(told?.id).toBe(first);
    expect(told?.fix.length).toBe(ofService?.fix.length);
  });
});

test('what ECS says of a task it never placed is proved by the event', () => {
  const [finding] = findAll(serviceRules, evidenceOf('fargate-quota'));
  expect(finding?.proof[0]).toMatchObject({ from: 'event' });
});

test('subnets are blamed by what EC2 shows, else only suspected', () => {
  const evidence = evidenceOf('no-way-out');
  const [known] = findAll(serviceRules, evidence);
  expect(known).toMatchObject({ id: 'no-way-out', sure: 'certain', lasts: 'permanent' });
  expect(known?.cause).toContain('subnet-09d1d2de85ae02264 subnet-00e96b70ba19dffc5');
  const [suspected] = findAll(serviceRules, { ...evidence, network: undefined });
  expect(suspected).toMatchObject({ id: 'aws-not-reached', sure: 'likely' });
  expect(suspected?.lasts).not.toBe('permanent');
});

test('the image and the role of an application are those of its task definition', () => {
  const [finding] = findAll(serviceRules, evidenceOf('image-pull-denied'));
  expect(finding?.cause).toContain('Role envelope-prod-execution');
  expect(finding?.cause).toContain('envelope-api:1.4.0');
});

test('a denial is no want of capacity, though it ends in `on resource: arn`', () => {
  const ids = findAll(serviceRules, evidenceOf('secret-denied')).map(({ id }) => id);
  expect(ids).not.toContain('no-capacity');
});

test('a registry that is not ECR says nothing of the role', () => {
  for (const name of ['image-refused-ghcr', 'image-layers-denied'])
    expect(findAll(serviceRules, evidenceOf(name)).map(({ id }) => id)).not.toContain('image-pull-denied');
});

test('nobody hears that no reason is known beside one that is', () => {
  const beside = neverStarted.filter(({ evidence }) => {
    const ids = findAll(serviceRules, evidence).map(({ id }) => id);
    return ids.length > 1 && ids.includes('task-never-started');
  });
  expect(beside.filter(({ first }) => first !== 'task-never-started').map(({ name }) => name)).toEqual([]);
});
