// When a deployment began decides which events are its own; one that ECS lists no more began some time, not in 1970.
import { expect, test } from '@jest/globals';
import { nothingSeen, withSight } from '../../../src/shared/evidence/memory.ts';
import type { Scene, Sight } from '../../../src/shared/evidence/scene.ts';

const now = Date.UTC(2026, 10, 22, 12);
const ago = (minutes: number): Date => new Date(now - minutes * 60_000);

const scene: Scene = {
  kind: 'tenant',
  cluster: 'sit-cluster',
  service: 'sit-goldencrust-service',
  ours: 'ecs-svc/1',
  facts: {},
  container: 'wordpress',
  lookups: [],
};

const event = (minutes: number, message: string) => ({
  id: message,
  createdAt: ago(minutes),
  message,
});

/** The service has moved on to another deployment. */
const gone: Sight = {
  service: {
    deployments: [{ id: 'ecs-svc/2', status: 'PRIMARY', createdAt: ago(1) }],
    events: [event(2, 'fresh'), event(20, 'older'), event(90, 'long ago')],
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  },
  deployment: { status: 'ROLLBACK_SUCCESSFUL' },
};

const seen = (sight: Sight) => withSight(nothingSeen, scene, { sight, now });
const texts = (sight: Sight) => seen(sight).events.map(({ text }) => text);

test('began when its history says', () => {
  const sight = { ...gone, deployment: { status: 'ROLLBACK_SUCCESSFUL' as const, createdAt: ago(10) } };
  expect(seen(sight).deployment?.createdAt).toBe(ago(10).getTime());
  expect(texts(sight)).toEqual(['fresh']);
});

test('began at most an hour ago where nothing says', () => {
  expect(texts(gone)).toEqual(['fresh', 'older']);
  expect(texts({ ...gone, deployment: undefined })).toEqual(['fresh', 'older']);
});

test('what becomes of it is as the service is set', () => {
  const set = (deploymentCircuitBreaker?: { enable: boolean; rollback: boolean }) =>
    seen({ ...gone, service: { ...gone.service, deploymentConfiguration: { deploymentCircuitBreaker } } })
      .deployment?.onFailure;
  expect(set({ enable: true, rollback: true })).toBe('rollback');
  expect(set({ enable: true, rollback: false })).toBe('stays');
  expect(set({ enable: false, rollback: false })).toBe('goes-on');
  expect(set()).toBe('goes-on');
});

const steady = '(service sit-goldencrust-service) has reached a steady state.';
const events = [event(1, 'fresh'), event(3, steady), event(5, 'an image that ECS took back')];

test('what a service got over before it was steady is not told of the deployment in force', () => {
  const inForce = [{ id: 'ecs-svc/1', status: 'PRIMARY', createdAt: ago(60) }];
  expect(texts({ service: { deployments: inForce, events }, deployment: undefined })).toEqual([
    'fresh',
    steady,
  ]);
});

test('a steady state after ours was taken back leaves what happened to ours', () => {
  const deployments = [
    { id: 'ecs-svc/2', status: 'PRIMARY', createdAt: ago(4) },
    { id: 'ecs-svc/1', status: 'ACTIVE', createdAt: ago(60) },
  ];
  expect(texts({ service: { deployments, events }, deployment: undefined })).toEqual(
    events.map(({ message }) => message),
  );
});
