// What was seen is told whole: what a rule looks at, a person must find in it.
import { expect, test } from '@jest/globals';
import { timelineOf } from '../../../src/shared/diagnose/timeline.ts';
import { evidenceOf } from './fixtures.ts';

const told = (name: string): string =>
  timelineOf(evidenceOf(name))
    .map(({ label, text }) => `${label} | ${text}`)
    .join('\n');

test('where each redirect leads', () => {
  const { visits } = evidenceOf('wordpress-redirect-elsewhere');
  const locations = visits.flatMap(({ hops }) =>
    hops.flatMap(({ answer }) => (answer.kind === 'answer' ? (answer.location ?? []) : [])),
  );
  expect(locations).not.toEqual([]);
  for (const location of locations) expect(told('wordpress-redirect-elsewhere')).toContain(` to ${location}`);
});

test('what was waited for, and how long', () => {
  const { deployment, targetGroup } = evidenceOf('deregistration-slow');
  expect(told('deregistration-slow')).toContain(`grace period ${deployment?.gracePeriodSeconds} s`);
  expect(told('deregistration-slow')).toContain(
    `deregistration takes ${targetGroup?.deregistrationDelaySeconds} s`,
  );
});

test('when the secret was changed', () => {
  const { secretChanged, secret } = evidenceOf('database-password-outdated').facts;
  expect(secretChanged).toBeDefined();
  expect(told('database-password-outdated')).toContain(`secret ${secret} | last changed ${secretChanged}`);
});

test('who may come in, and whether the tasks may go out', () => {
  const { network } = evidenceOf('target-security-group');
  expect(network?.loadBalancerGroups).not.toEqual([]);
  for (const group of network?.loadBalancerGroups ?? [])
    expect(told('target-security-group')).toMatch(new RegExp(`load balancer: .*${group}`));
  expect(told('no-public-address')).toContain('public address: no');
});
