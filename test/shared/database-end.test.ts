// How a database step that ended badly is told.
import { describe, expect, test } from '@jest/globals';
import { explainEnd, factsOfStep, factsOfTask } from '../../src/shared/database-end.ts';
import { databaseExits } from '../../src/shared/diagnose/rules/database-step.ts';
import { loadFleet } from '../../src/shared/fleet/load.ts';
import { everyTenant } from '../../src/shared/fleet/names.ts';
import { filesWith } from '../lab.ts';
import { failures } from './diagnose/fixtures.ts';

const ended = { reason: 'Essential container in task exited', stopCode: 'EssentialContainerExited' };
const first = (error: ReturnType<typeof explainEnd>) => error.cases[0]?.findings[0];

describe('a database step that ended badly', () => {
  test.each(Object.keys(databaseExits).map(Number))(
    'with exit code %d is told in one finding',
    (exitCode) => {
      const line = 'the last line of the script';
      const error = explainEnd('init', { ...ended, exitCode, logTail: ['| before', `| ${line}`] });
      expect(error.cases[0]?.findings).toHaveLength(1);
      expect(first(error)?.proof).toEqual([{ from: 'command', text: line }]);
      expect(error.message).toContain(`failed with exit code ${exitCode}. ${first(error)?.cause}`);
      expect(error.fix).toBe(first(error)?.fix.join(' '));
    },
  );

  test('with a code of the shell says that it is none of its own', () => {
    const error = explainEnd('verify', { ...ended, exitCode: 137, logTail: [] });
    expect(first(error)).toMatchObject({ id: 'database-step-foreign-exit', level: 'symptom' });
    expect(error.what).toContain('exit code 137, which is not one of its own');
  });

  test('before its container ran is told as the tasks of a service are, with names that are known', () => {
    const reason =
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password';
    const error = explainEnd('init', {
      exitCode: undefined,
      reason,
      stopCode: 'TaskFailedToStart',
      logTail: [],
      facts: {
        subject: 'goldencrust',
        tenant: 'goldencrust',
        secret: 'sit-goldencrust-db-credentials',
        region: 'eu-west-1',
      },
    });
    expect(error.what).toBe(`Database init: the container never started. ${reason}`);
    expect(first(error)?.id).toBe('secret-json-key-missing');
    expect(error.cases[0]?.subject).toBe('goldencrust, database init');
    expect(error.cases[0]?.evidence.join('\n')).toContain('TaskFailedToStart');
  });
});

describe('a step that is told with all names that are known', () => {
  const names =
    /<(?:region|cluster|service|family|subject|environment|manifest|environmentManifest|logGroup|image|executionRole|secret)>/;
  const reasons = failures.flatMap(({ evidence }) =>
    evidence.stopped.filter(({ stopCode }) => stopCode === 'TaskFailedToStart').map(({ reason }) => reason),
  );
  const tellings = async (operation: 'init' | 'list'): Promise<readonly string[]> => {
    const { tenants } = await loadFleet(filesWith(new Map()), 'examples/wpsit');
    const tenant = tenants.get('sit')?.get('goldencrust');
    if (!tenant) throw new Error('There is no goldencrust.');
    const { environment, tags } = tenant;
    const facts =
      operation === 'list' ? factsOfTask({ name: everyTenant, tags, environment }) : factsOfStep(tenant);
    return reasons.flatMap((reason) =>
      explainEnd(operation, {
        exitCode: undefined,
        reason,
        stopCode: 'TaskFailedToStart',
        logTail: [],
        facts,
      }).cases.flatMap(({ subject, findings: [found] }) =>
        found ? [[subject, found.cause, ...found.fix, found.verify].join('\n')] : [],
      ),
    );
  };

  test.each(['init', 'list'] as const)('leaves none of them open: %s', async (operation) => {
    const told = await tellings(operation);
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((text) => names.test(text))).toEqual([]);
  });

  test('a listing is told as its environment’s', async () => {
    expect((await tellings('list'))[0]).toMatch(/^sit, database list\n/);
  });
});
