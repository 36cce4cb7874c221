// A diagnosed failure as it is read: cause and fix first, the rest findable, at most one annotation for each case.
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/shared/diagnose/rule.ts';
import { type Case, Diagnosed, Failed } from '../../src/shared/errors.ts';
import { annotationsOf, causeOf, errorSummary, logLines } from '../../src/shared/report.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  id: 'database-password-refused',
  level: 'cause',
  lasts: 'permanent',
  sure: 'certain',
  cause: 'The database refuses the password in secret `sit-goldencrust-db-credentials`.',
  fix: ['Run run-db-init with `operation: init`.', 'Run wait-healthy again.'],
  verify: 'run-db-init with `operation: verify` logs in.',
  proof: [
    { from: 'log', text: "WordPress database error: Access denied for user 'goldencrust_user'@'10.2.3.4'" },
    { from: 'target', text: 'Target.ResponseCodeMismatch' },
  ],
  ...changes,
});

const failedCase = (changes: Partial<Case> = {}): Case => ({
  subject: 'goldencrust',
  findings: [
    finding(),
    finding({ id: 'site-answers-500', level: 'symptom', cause: 'The site answers with HTTP 500.' }),
  ],
  evidence: ['10:02:13 task abc | stopped', '10:02:14 event | gone'],
  ...changes,
});

const diagnosed = (cases: readonly Case[] = [failedCase()], table = ''): Diagnosed =>
  new Diagnosed(
    new Failed('sit-goldencrust-service did not become healthy.', 'Read the evidence.'),
    cases,
    table,
  );

const annotation = (one: Case): readonly string[] =>
  (annotationsOf(diagnosed([one]))[0]?.message ?? '').split('\n');

const places = (text: string, ...parts: readonly string[]): readonly number[] =>
  parts.map((part) => text.indexOf(part));
const inOrder = (text: string, ...parts: readonly string[]): void => {
  const found = places(text, ...parts);
  expect(found).not.toContain(-1);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
};

describe('the annotation', () => {
  test('names subject and cause first, then what happened, one proof, the fix, how to verify, where to read on', () => {
    expect(annotation(failedCase())).toEqual([
      'goldencrust: The database refuses the password in secret `sit-goldencrust-db-credentials`.',
      'sit-goldencrust-service did not become healthy.',
      "Seen: log | WordPress database error: Access denied for user 'goldencrust_user'@'10.2.3.4'",
      'Fix:',
      '1. Run run-db-init with `operation: init`.',
      '2. Run wait-healthy again.',
      'Verify: run-db-init with `operation: verify` logs in.',
      'Running again without a change fails again.',
      'docs/troubleshooting.md#database-password-refused',
    ]);
  });

  test.each([
    ['certain', /^goldencrust: /],
    ['likely', /^goldencrust, likely: /],
    ['possible', /^goldencrust, possibly: /],
  ] as const)('of a cause that is %s claims no more', (sure, start) => {
    expect(annotation(failedCase({ findings: [finding({ sure })] }))[0]).toMatch(start);
  });

  test.each([
    ['permanent', /without a change fails again/],
    ['settling', /IAM takes a minute/],
    ['passing', /may be enough/],
  ] as const)('of a %s cause says whether running again helps', (lasts, said) => {
    expect(annotation(failedCase({ findings: [finding({ lasts })] })).join('\n')).toMatch(said);
  });

  test('where nothing known matches says so, and how to make it known', () => {
    const lines = annotation(failedCase({ findings: [] }));
    expect(lines[0]).toBe('goldencrust: sit-goldencrust-service did not become healthy.');
    expect(lines).toContain('Nothing known matches what was seen.');
    expect(lines.at(-1)).toContain('docs/troubleshooting.md#adding-a-rule');
  });

  test('there is one for each case, and of many the tenth says how many more there are', () => {
    const cases = Array.from({ length: 14 }, (_, at) => failedCase({ subject: `tenant${at}` }));
    expect(annotationsOf(diagnosed(cases.slice(0, 3)))).toHaveLength(3);
    const all = annotationsOf(diagnosed(cases));
    expect(all).toHaveLength(10);
    expect(all.at(-1)?.message).toContain('5 more failures');
  });

  test('leads to the page of the version that runs', () => {
    const page = 'https://github.com/o/tenant-actions/blob/v1/docs/troubleshooting.md';
    const error = diagnosed();
    expect(annotationsOf(error, { page })[0]?.message).toContain(`${page}#database-password-refused`);
    expect(errorSummary('Wait', error, { page })).toContain(`](${page}#database-password-refused)`);
  });
});

describe('the job summary', () => {
  test('tells cause, proof, fix and verification, then the others folded, then everything that was seen folded', () => {
    const summary = errorSummary('Wait until healthy', diagnosed());
    inOrder(
      summary,
      '## ❌ Wait until healthy',
      'did not become healthy',
      '### goldencrust: The database refuses',
      'log | WordPress database error',
      'target | Target.ResponseCodeMismatch',
      '1. Run run-db-init',
      '**Verify:**',
      '[database-password-refused](docs/troubleshooting.md#database-password-refused)',
      '<details><summary>1 other finding</summary>',
      '#### Symptom, with several possible causes: The site answers',
      '<details><summary>Everything that was seen (2 lines)</summary>',
      '10:02:13 task abc | stopped',
    );
    expect(summary).not.toContain('Read the evidence.');
  });

  test('shows what was seen unfolded where nothing known matches, with what to do and how to add a rule', () => {
    const summary = errorSummary('Wait', diagnosed([failedCase({ findings: [] })]));
    inOrder(
      summary,
      'nothing known matches',
      'Read the evidence.',
      'docs/troubleshooting.md#adding-a-rule',
      '<details open><summary>Everything',
      '10:02:13',
    );
  });

  test('has the table of all above the failed ones, each with its own heading', () => {
    const cases = [failedCase(), failedCase({ subject: 'tenant1' })];
    inOrder(
      errorSummary('Wait', diagnosed(cases, '| a |\n|---|')),
      '| a |',
      '### goldencrust',
      '### tenant1',
    );
  });
});

test('the log has every finding and everything that was seen', () => {
  const lines = logLines(diagnosed().withDetails(['done before this: create service x'])).join('\n');
  inOrder(
    lines,
    'done before this',
    '10:02:13 task abc | stopped',
    'Certain: The database refuses',
    'Symptom, with several possible causes: The site answers',
  );
});

test('without any case it is told as any failure', () => {
  const error = diagnosed([]);
  expect(annotationsOf(error)[0]?.message).toBe(
    'sit-goldencrust-service did not become healthy.\nRead the evidence.',
  );
  expect(errorSummary('Wait', error)).toContain('Read the evidence.');
});

describe('the cause in one line', () => {
  const caused = (changes: Partial<Finding>) =>
    causeOf(diagnosed([failedCase({ findings: [finding(changes)] })]));

  test('is that of the first finding, with how sure it is', () => {
    expect(caused({ cause: 'No such image.' })).toBe('No such image.');
    expect(caused({ cause: 'Too slow.', sure: 'likely' })).toBe('Likely: Too slow.');
  });

  test('is left open where several are possible, or none is known', () => {
    expect(caused({ sure: 'possible' })).toBe('');
    expect(caused({ level: 'symptom' })).toBe('');
    expect(causeOf(diagnosed([failedCase({ findings: [] })]))).toBe('');
  });

  test('of any other error is its first line, without what a terminal obeys', () => {
    expect(causeOf(new Failed('There is no service\u001b[31m a.', 'Run provision-tenant first.'))).toBe(
      'There is no service a.',
    );
  });
});
