// Waiting is given up for what lasts, seen twice, and for nothing else.
import { describe, expect, test } from '@jest/globals';
import type { DeploymentSeen, Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { findHopeless, tellHopeless } from '../../../src/shared/diagnose/hopeless.ts';
import type { Lasting, Rule } from '../../../src/shared/diagnose/rule.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { newsLines } from '../../../src/shared/evidence/news.ts';
import { evidenceOf, failures, fixtures } from './fixtures.ts';

/** As it was while it was waited for, two minutes after the deployment began. */
const waiting = (evidence: Evidence, seconds = 120): Evidence => ({
  ...evidence,
  state: 'running',
  now: (evidence.deployment?.createdAt ?? 0) + seconds * 1_000,
});

/** Where one task stopped, or is the only one whose health was seen, another does after it, in the same way. */
const twice = (evidence: Evidence): Evidence => {
  const { stopped, logs, targets } = evidence;
  const seen = stopped.filter((task) => targets.some(({ address }) => address === task.address));
  const [task] = seen.length ? seen : stopped;
  if (!task || seen.length > 1 || (!seen.length && stopped.length > 1)) return evidence;
  const twin = { ...task, id: `${task.id.slice(0, -1)}_`, address: '10.2.99.99' };
  const follow = <T>(all: readonly T[], isOf: (one: T) => boolean, change: (one: T) => T): readonly T[] => [
    ...all,
    ...all.filter(isOf).map(change),
  ];
  return {
    ...evidence,
    stopped: [twin, task],
    logs: follow(
      logs,
      ({ taskId }) => taskId === task.id,
      (log) => ({ ...log, taskId: twin.id }),
    ),
    targets: follow(
      targets,
      ({ address }) => address === task.address,
      (target) => ({ ...target, address: twin.address }),
    ),
  };
};

/** What no task shows of itself, only ECS's events or the site's page. */
const shownElsewhere =
  /^(?:target-security-group-by-event|wordpress-not-found|wordpress-tables-missing-page)$/;

const lasting = (...kinds: readonly Lasting[]) =>
  failures.flatMap(({ name, evidence, first }) => {
    const rule = serviceRules.find(({ id }) => id === first);
    const isOne =
      evidence.stopped.length > 0 &&
      !shownElsewhere.test(name) &&
      rule?.level === 'cause' &&
      rule.sure !== 'possible' &&
      kinds.includes(rule.lasts);
    return isOne ? [{ name, first, evidence: twice(evidence) }] : [];
  });

describe('two tasks that stopped', () => {
  test.each(lasting('permanent'))('for the lasting reason of $name are enough', ({ evidence, first }) => {
    expect(findHopeless(serviceRules, waiting(evidence, 10))?.finding.id).toBe(first);
  });

  test.each(lasting('settling'))(
    'for the reason of $name are enough once IAM holds everywhere',
    ({ evidence, first }) => {
      expect(findHopeless(serviceRules, waiting(evidence, 60))).toBeUndefined();
      expect(findHopeless(serviceRules, waiting(evidence))?.finding.id).toBe(first);
    },
  );

  test.each(lasting('passing', 'unknown'))('for the reason of $name are not', ({ evidence }) => {
    expect(findHopeless(serviceRules, waiting(evidence, 600))).toBeUndefined();
  });

  test('for two reasons are not', () => {
    const { stopped: unfound } = evidenceOf('image-not-found');
    const { stopped: refused, ...evidence } = evidenceOf('secret-denied');
    const both = { ...evidence, stopped: [...unfound.slice(0, 1), ...refused.slice(0, 1)] };
    expect(findHopeless(serviceRules, waiting(both))).toBeUndefined();
  });
});

test('nearly every lasting cause is among them', () => {
  const isMeant = ({ level, sure, lasts }: Rule<Evidence>): boolean =>
    level === 'cause' && sure !== 'possible' && lasts === 'permanent';
  const told = new Set(lasting('permanent').map(({ first }) => first));
  // The others are about DNS, the listener and the front door, which stop no task.
  expect(told.size).toBeGreaterThan(serviceRules.filter(isMeant).length * 0.75);
});

test.each(lasting('permanent'))('one task alone ($name) is not enough', ({ evidence }) => {
  const one = { ...evidence, stopped: evidence.stopped.slice(0, 1) };
  expect(findHopeless(serviceRules, waiting(one))).toBeUndefined();
});

test.each(fixtures.filter(({ first }) => first === undefined))('$name is never hopeless', ({ evidence }) => {
  expect(findHopeless(serviceRules, { ...evidence, state: 'running' })).toBeUndefined();
});

// A target group that no rule uses at the deadline is no slow start any more.
const slow = fixtures.filter(({ name }) => name.startsWith('slow-') && name !== 'slow-target-not-in-use-yet');
test.each(slow)('$name is blamed on nothing that lasts, even once its time is up', ({ evidence }) => {
  const told = findAll(serviceRules, { ...evidence, state: 'late' });
  expect(told.filter(({ lasts }) => lasts === 'permanent').map(({ id }) => id)).toEqual([]);
});

describe('what a later task got over', () => {
  const runningSince = (evidence: Evidence, startedAt: number): Evidence => ({
    ...evidence,
    running: [{ id: 'later', address: '10.2.3.9', startedAt }],
  });
  const lastStop = ({ stopped }: Evidence) => Math.max(...stopped.map(({ stoppedAt }) => stoppedAt));

  test('is not waited for: two refusals before the policy held, and a third task that runs', () => {
    const evidence = waiting(evidenceOf('secret-denied'), 600);
    expect(findHopeless(serviceRules, evidence)).toBeDefined();
    expect(findHopeless(serviceRules, runningSince(evidence, lastStop(evidence) + 1_000))).toBeUndefined();
  });

  test('is only what it has outlived: one that runs for a shorter time may end as the others did', () => {
    const evidence = waiting(evidenceOf('exec-format-error'), 600);
    const lived = Math.max(...evidence.stopped.map((task) => task.stoppedAt - (task.startedAt ?? 0)));
    const startedAt = lastStop(evidence) + 1_000;
    const later = (ms: number): Evidence => ({ ...runningSince(evidence, startedAt), now: startedAt + ms });
    expect(findHopeless(serviceRules, later(lived - 1_000))).toBeDefined();
    expect(findHopeless(serviceRules, later(lived + 1_000))).toBeUndefined();
  });
});

describe('what was before the wait began', () => {
  const evidence = waiting(evidenceOf('image-not-found'));
  const made = (...ages: readonly number[]): Evidence => ({
    ...evidence,
    watchedSince: evidence.now,
    stopped: evidence.stopped.map((task, index) => ({
      ...task,
      createdAt: evidence.now - (ages[index] ?? 0),
    })),
  });

  test('may have been mended: two tasks made before it are not enough', () => {
    expect(findHopeless(serviceRules, made(1, 1))).toBeUndefined();
  });

  test('counts beside one that was made since', () => {
    expect(findHopeless(serviceRules, made(-1, 60_000))?.tasks).toHaveLength(2);
  });
});

test.each(['no-way-out', 'no-public-address', 'endpoint-closed'])(
  '%s is not said where the endpoints are unread',
  (id) => {
    const { network, ...evidence } = evidenceOf(id);
    const subnets = network?.subnets.map((subnet) => ({ ...subnet, endpoints: undefined })) ?? [];
    const unread = { ...evidence, network: network && { ...network, subnets } };
    expect(subnets).not.toEqual([]);
    expect(findAll(serviceRules, unread).map((finding) => finding.id)).not.toContain(id);
    expect(findHopeless(serviceRules, waiting(unread))?.finding.id).not.toBe(id);
  },
);

describe("what is true of the deployment and not of its tasks' ends", () => {
  const { definition: _, ...site } = evidenceOf('listener-rule-shadowed');
  const unavailable = evidenceOf('image-not-found').stopped.map((task) => ({
    ...task,
    reason:
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): httpReadSeeker: 503 Service Unavailable',
    containers: [],
  }));
  const evidence: Evidence = { ...site, definition: undefined, stopped: unavailable, running: [] };

  test('ends no wait: a wildcard rule beside a registry that is down', () => {
    expect(findAll(serviceRules, { ...evidence, state: 'failed' }).map(({ id }) => id)).toContain(
      'listener-rule-shadowed',
    );
    expect(findHopeless(serviceRules, waiting(evidence, 600))).toBeUndefined();
  });

  test('is not what a task looks like that runs, since its health checks come by no listener rule', () => {
    const running = [{ id: 'one', address: '10.2.3.9', startedAt: 0 }];
    const news = { stopped: [], targets: [], ailing: ['one'] };
    const told = newsLines(serviceRules, waiting({ ...evidence, stopped: [], running }), news);
    expect(told.join('\n')).not.toContain('never reach the tenant');
  });

  test('is not told as the reason of a stopped task', () => {
    const news = { stopped: unavailable, targets: [], ailing: [] };
    expect(newsLines(serviceRules, waiting(evidence), news).join('\n')).not.toContain(
      'never reach the tenant',
    );
  });

  test('nor is a service scaled to nothing', () => {
    const { deployment } = evidence;
    const scaled = { ...evidence, deployment: deployment && { ...deployment, desired: 0 } };
    expect(findHopeless(serviceRules, waiting(scaled, 600))).toBeUndefined();
  });
});

describe('of several findings of a task', () => {
  const evidence = waiting(evidenceOf('image-not-found'));
  const ruleOf = (id: string, more: Partial<Rule<Evidence>>): Rule<Evidence> => ({
    id,
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [id],
    sees: ({ stopped }) => (stopped.length ? { proof: [{ from: 'task', text: id }] } : undefined),
    cause: id,
    fix: [id],
    verify: id,
    ...more,
  });
  const foundOf = (...rules: readonly Rule<Evidence>[]) => findHopeless(rules, evidence)?.finding.id;

  test('a vague one that lasts does not end the wait beside a certain one that passes', () => {
    const passing = ruleOf('passes', { lasts: 'passing' });
    expect(foundOf(ruleOf('vague', { sure: 'likely' }), passing)).toBeUndefined();
    expect(foundOf(passing, ruleOf('less-specific', {}))).toBeUndefined();
  });

  test('the foremost that last count, however many there are', () => {
    expect(foundOf(ruleOf('vague', { sure: 'likely' }), ruleOf('sure', {}))).toBe('sure');
    expect(foundOf(ruleOf('sure', {}), ruleOf('passes', { lasts: 'passing' }))).toBe('sure');
  });
});

describe('the early verdict', () => {
  const told = (more: Partial<DeploymentSeen>): string => {
    const evidence = waiting(evidenceOf('image-not-found'));
    const hopeless = findHopeless(serviceRules, evidence);
    if (!hopeless || !evidence.deployment) throw new Error('not hopeless');
    const said = tellHopeless(hopeless, { ...evidence, deployment: { ...evidence.deployment, ...more } });
    expect(said.what).not.toContain(hopeless.finding.cause);
    expect(said.fix).toBe(hopeless.finding.fix.join('\n'));
    return said.what;
  };
  const breaker = { status: 'MONITORING', failures: 2, threshold: 10 };

  test('says how many stopped, how long ECS goes on by itself, and where it goes back to', () => {
    expect(told({ breaker, isFirst: false, onFailure: 'rollback' })).toMatch(
      /waiting ended early: 2 of its tasks .*until its circuit breaker has counted 8 more \(2 of 10 so far\); then it goes back to the last revision that worked/,
    );
  });

  test('says so where there is nothing to go back to, no rollback, or no breaker', () => {
    expect(told({ breaker, isFirst: true, onFailure: 'rollback' })).toContain('no earlier revision');
    expect(told({ breaker, isFirst: false, onFailure: 'stays' })).toContain('rollback is not switched on');
    expect(told({ breaker: undefined, isFirst: false, onFailure: 'goes-on' })).toContain(
      'no circuit breaker',
    );
    expect(told({ breaker: { ...breaker, failures: 0 }, isFirst: false })).toContain('counts none of them');
    expect(told({ breaker: undefined, failedTasks: 2, isFirst: false })).toContain(
      'until its circuit breaker ends it',
    );
  });
});

describe('while it is waited for', () => {
  test('a lasting reason is told already, one that passes is not', () => {
    const told = (name: string) => findAll(serviceRules, waiting(evidenceOf(name))).map(({ id }) => id);
    expect(told('image-not-found')).toEqual(['image-not-found']);
    expect(told('no-capacity')).toEqual([]);
    expect(told('spot-interruption')).toEqual([]);
  });

  test('nothing is said of a task that a later one got over', () => {
    const evidence = waiting(evidenceOf('secret-denied'));
    const startedAt = Math.max(...evidence.stopped.map(({ stoppedAt }) => stoppedAt)) + 1;
    const running = [{ id: 'later', address: '10.2.3.9', startedAt }];
    expect(findAll(serviceRules, { ...evidence, running })).toEqual([]);
  });
});
