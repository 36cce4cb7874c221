// What a log proves, and what it does not: a visitor writes into it too, and so do jobs that end nothing.
import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { findHopeless } from '../../../src/shared/diagnose/hopeless.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { spoken } from '../../../src/shared/diagnose/spoken.ts';
import { evidenceOf, failures } from './fixtures.ts';

const withLines = (evidence: Evidence, rewrite: (text: string) => readonly string[]): Evidence => ({
  ...evidence,
  logs: evidence.logs.map((log) => ({
    ...log,
    lines: log.lines.flatMap(({ at, text }) => rewrite(text).map((text) => ({ at, text }))),
  })),
});

const idsOf = (evidence: Evidence): readonly string[] => findAll(serviceRules, evidence).map(({ id }) => id);

/** As Apache writes it: a quotation mark of the visitor's is escaped. */
const quoted = (text: string): string => text.replaceAll('"', '\\"');

const request = (words: { readonly referer: string; readonly browser: string }): string =>
  `10.2.0.9 - - [22/Nov/2026:11:01:00 +0000] "GET / HTTP/1.1" 500 2808 "${quoted(words.referer)}" "${quoted(words.browser)}"`;

describe('a visitor proves nothing', () => {
  const told = failures.filter(({ evidence }) =>
    findAll(serviceRules, evidence).some(({ proof }) => proof.some(({ from }) => from === 'log')),
  );

  test.each(told)('who knows the lines of $name', ({ evidence }) => {
    const silent = idsOf(withLines(evidence, () => []));
    const asBrowser = withLines(evidence, (text) => [request({ referer: '-', browser: text })]);
    const asReferer = withLines(evidence, (text) => [
      request({ referer: text, browser: '-' }),
      `[Sun Nov 22 11:01:00 2026] [authz_core:error] [pid 17] [client 203.0.113.9:406] AH01630: client denied by server configuration: /var/www/html/.git, referer: ${quoted(text)}`,
      `[Sun Nov 22 11:01:00 2026] [core:error] [pid 17] [client 203.0.113.9:406] AH00037: Symbolic link not allowed: /x, referer: ${quoted(text)}`,
    ]);
    const asPath = withLines(evidence, (text) => [
      `[Sun Nov 22 11:01:00 2026] [php:error] [pid 17] [client 203.0.113.9:406] script '/var/www/html/${quoted(text)}.php' not found or unable to stat`,
      `2026/11/22 11:01:00 [error] 7#7: *1 open() "/usr/share/nginx/html/${quoted(text)}" failed (2: No such file or directory), client: 203.0.113.9, server: _, request: "GET /x HTTP/1.1", host: "x"`,
    ]);
    for (const forged of [asBrowser, asReferer, asPath])
      expect(idsOf(forged).filter((id) => !silent.includes(id))).toEqual([]);
  });

  test.each([
    [
      '[php:error] [client 10.2.0.9:4] PHP Fatal error:  x in /a.php:1, referer: https://a.example/',
      '[php:error] [client 10.2.0.9:4] PHP Fatal error:  x in /a.php:1',
    ],
    ["WordPress database error Deadlock for query SELECT 'x' made by y", 'WordPress database error Deadlock'],
    [
      'tar: ./wp-content/x: Cannot mkdir: Permission denied',
      'tar: ./wp-content/x: Cannot mkdir: Permission denied',
    ],
  ])('of %j the program says the rest', (line, said) => {
    expect(spoken(line)).toBe(said);
  });
});

describe("one job's error in the log of a worker", () => {
  const denied = evidenceOf('application-database-denied');
  const ending = (exitCode: number, reason: string): Evidence => ({
    ...denied,
    state: 'running',
    stopped: denied.stopped.map((task) => ({
      ...task,
      reason,
      containers: task.containers.map((container) => ({ ...container, exitCode })),
    })),
  });

  test('that ended without an error does not end the wait', () => {
    expect(findHopeless(serviceRules, ending(0, 'Essential container in task exited'))).toBeUndefined();
  });

  test('that ended with one does, and so where its health checks failed', () => {
    for (const evidence of [
      ending(1, 'Essential container in task exited'),
      ending(0, 'Task failed ELB health checks in (target-group x)'),
    ])
      expect(findHopeless(serviceRules, evidence)?.finding.id).toBe('application-database-denied');
  });
});

describe('what may pass does not end the wait', () => {
  test.each(['database-host-not-resolved', 'database-unreachable', 'application-database-missing'])(
    '%s',
    (name) => {
      const evidence = evidenceOf(name);
      const [first] = evidence.stopped;
      const twice = first ? [first, { ...first, id: `${first.id}b` }] : [];
      const logs = evidence.logs.flatMap((log) => [log, { ...log, taskId: `${log.taskId}b` }]);
      const waited: Evidence = { ...evidence, logs, stopped: twice, state: 'running' };
      expect(findHopeless(serviceRules, waited)?.finding.id).not.toBe(name);
    },
  );
});

test.each([
  'load-balancer-answers-502-through-cloudfront',
  'load-balancer-answers-504-through-cloudfront',
  'files-empty-docroot-through-cloudfront',
])('CloudFront is not at fault for what it passes on: %s', (name) => {
  expect(idsOf(evidenceOf(name)).filter((id) => id.startsWith('cloudfront-'))).toEqual([]);
});
