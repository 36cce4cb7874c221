// What was seen is told whole: what a rule looks at, a person must find in it.
import { expect, test } from '@jest/globals';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { timelineOf } from '../../../src/shared/diagnose/timeline.ts';
import { evidenceOf } from './fixtures.ts';

const linesOf = (evidence: Evidence): readonly string[] =>
  timelineOf(evidence).map(({ label, text }) => `${label} | ${text}`);

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

test('a line that is written at every request stands once, with how often, as it was written last', () => {
  const line = (at: number) => ({ at: at * 1_000, text: `[${at}] [pid ${at}] PHP Fatal error:  x` });
  const lines = [
    line(1),
    { at: 2_000, text: 'GET / 500' },
    line(3),
    { at: 4_000, text: 'GET / 500' },
    line(5),
  ];
  const logs = [{ taskId: 't', group: 'g', stream: 's', kind: 'read' as const, lines }];
  const seen = linesOf({ ...evidenceOf('image-not-found'), logs }).filter((text) => text.startsWith('  '));
  expect(seen).toEqual([
    '  00:00:04 (×2 since 00:00:02) | GET / 500',
    '  00:00:05 (×3 since 00:00:01) | [5] [pid 5] PHP Fatal error:  x',
  ]);
});

test("of the listener's rules, those that could take our requests; of the others, how many", () => {
  const evidence = evidenceOf('listener-rule-shadowed');
  const foreign = Array.from({ length: 98 }, (_, index) => ({
    priority: 1_000 + index,
    hosts: [`tenant-${index}.example`],
    paths: [],
    targetGroups: ['theirs'],
  }));
  const rules = [...(evidence.listener?.rules ?? []), ...foreign];
  const seen = linesOf({
    ...evidence,
    listener: evidence.listener && { ...evidence.listener, rules },
  }).join('\n');
  expect(seen).not.toContain('tenant-97.example');
  expect(seen).toMatch(/listener \| and (?:98|99|10\d) other rules/);
  expect(seen).toContain(`listener rule ${evidence.listener?.rules[0]?.priority} `);
});
