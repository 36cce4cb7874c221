// What the rules about a tenant's database must not confuse: a wrong password with an outdated one, a refusal with its past.
import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { findHopeless } from '../../../src/shared/diagnose/hopeless.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { evidenceOf } from './fixtures.ts';

const firstOf = (evidence: Evidence) => findAll(serviceRules, evidence)[0];
const denied = evidenceOf('database-access-denied');

const withLine = (evidence: Evidence, text: string): Evidence => ({
  ...evidence,
  logs: evidence.logs.map((log) => ({
    ...log,
    lines: [...log.lines, { at: (log.lines.at(-1)?.at ?? 0) + 1_000, text }],
  })),
});

const served = (path: string, status: number): string =>
  `10.2.0.9 - - [22/Nov/2026:11:02:00 +0000] "GET ${path} HTTP/1.1" ${status} 357 "-" "ELB-HealthChecker/2.0"`;

describe('a refused login', () => {
  test('is told by the line of the log, with secret, run and restart, whatever else failed after it', () => {
    const [first, ...others] = findAll(serviceRules, evidenceOf('database-access-denied-rolled-back'));
    expect(first?.id).toBe('database-access-denied');
    expect(first?.proof[0]?.text).toContain("Access denied for user 'goldencrust_user'");
    expect(first?.cause).toContain('sit-goldencrust-db-credentials');
    const steps = first?.fix.join('\n');
    expect(steps).toContain('gh workflow run deploy-tenant.yml -f environment=sit -f tenant=goldencrust');
    expect(steps).toContain('`operation: init`');
    expect(steps).toContain(
      'aws ecs update-service --region eu-west-1 --cluster sit-cluster --service sit-goldencrust-service --force-new-deployment',
    );
    expect(others.map(({ id }) => id)).toEqual([
      'database-error-establishing',
      'health-check-code',
      'rolled-back',
    ]);
  });

  test.each([
    ['2026-11-22T11:00:25.000Z', 'database-password-outdated'],
    ['2026-11-22T10:00:00.000Z', 'database-access-denied'],
  ])('of a secret that was changed at %s is %s', (secretChanged, id) => {
    expect(firstOf({ ...denied, facts: { ...denied.facts, secretChanged } })?.id).toBe(id);
  });

  test.each([
    ['/', 302, undefined],
    ['/wp-login.php', 200, undefined],
    ['/wp-includes/images/blank.gif', 200, 'database-access-denied'],
    ['/', 500, 'database-access-denied'],
  ])('is over once %s was answered with %d: then the first finding is %s', (path, status, id) => {
    const evidence: Evidence = { ...withLine(denied, served(path, status)), state: 'running' };
    expect(firstOf(evidence)?.id).toBe(id);
  });

  test('that two tasks met ends the wait, and that one task met does not', () => {
    const twice: Evidence = { ...evidenceOf('database-access-denied-rolled-back'), state: 'running' };
    expect(findHopeless(serviceRules, twice)).toMatchObject({
      finding: { id: 'database-access-denied' },
      tasks: twice.stopped.map(({ id }) => id),
    });
    expect(findHopeless(serviceRules, { ...twice, stopped: twice.stopped.slice(1) })).toBeUndefined();
  });

  test('of an application is told in its own words', () => {
    expect(firstOf({ ...denied, kind: 'application' })?.id).not.toBe('database-access-denied');
  });
});

test('a server that nobody listens on ends no wait early: it may be starting', () => {
  const [one] = evidenceOf('database-refused').stopped;
  const stopped = one ? [one, { ...one, id: 'b'.repeat(32) }] : [];
  const logs = evidenceOf('database-refused').logs.flatMap((log) =>
    stopped.map(({ id }) => ({ ...log, taskId: id })),
  );
  const evidence: Evidence = {
    ...evidenceOf('database-refused'),
    state: 'running',
    targets: [],
    stopped,
    logs,
  };
  expect(findHopeless(serviceRules, evidence)).toBeUndefined();
});

test('the database that the task looks for is named, not the one that the manifest has by now', () => {
  for (const name of ['database-refused', 'database-unreachable']) {
    const evidence = evidenceOf(name);
    const facts = { ...evidence.facts, databaseHost: 'new.example.org', databasePort: '3307' };
    const [finding] = findAll(serviceRules, { ...evidence, facts });
    expect(finding?.cause).toContain('sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com port 3306');
  }
});
