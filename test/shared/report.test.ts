// What people read: within GitHub's limits, without stack traces, and not to be broken out of.
import { describe, expect, test } from '@jest/globals';
import { Failed, Refused, UserError } from '../../src/shared/errors.ts';
import { createRedactor, formsOf, quoteForeign } from '../../src/shared/redact.ts';
import {
  annotationsOf,
  cell,
  cutSummary,
  errorSummary,
  messageOf,
  planTable,
  withProgress,
} from '../../src/shared/report.ts';

const problems = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    what: `Problem ${at}.`,
    fix: 'Fix it.',
    place: { file: 'fleet/a.yml', line: at + 1, column: 1 },
  }));

describe('annotations', () => {
  test('each problem has its own, with its place', () => {
    expect(annotationsOf(new UserError(problems(2)))).toEqual([
      { message: 'Problem 0. Fix it.', place: { file: 'fleet/a.yml', line: 1, column: 1 } },
      { message: 'Problem 1. Fix it.', place: { file: 'fleet/a.yml', line: 2, column: 1 } },
    ]);
  });

  test('GitHub shows ten of a step: the tenth says how many more there are', () => {
    const annotations = annotationsOf(new UserError(problems(25)));
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)?.message).toContain('16 more problems');
  });

  test('a long message is cut and says so', () => {
    const [annotation] = annotationsOf(new Failed('x'.repeat(10_000), 'fix'));
    expect(annotation?.message.length).toBeLessThan(4_100);
    expect(annotation?.message).toContain('cut; the rest is in the log');
  });
});

describe('messages', () => {
  test.each([
    ['AccessDeniedException', /IAM list/],
    ['ExpiredTokenException', /expired while the action ran/],
    ['CredentialsProviderError', /id-token: write/],
    ['ThrottlingException', /throttled every try/],
  ])('%s comes with what to do', (name, said) => {
    expect(messageOf(Object.assign(new Error('User is not authorized'), { name }))).toMatch(said);
  });

  test.each<[string, string, RegExp]>([
    [
      'AccessDeniedException',
      'because no identity-based policy allows',
      /executionRole, masterSecret, logGroup/,
    ],
    ['AccessDenied', 'because no session policy allows the action', /docs\/oidc\.md.*not this tenant's/],
    [
      'InvalidParameterException',
      "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
      /network\.subnets/,
    ],
    [
      'InvalidParameterException',
      "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)",
      /network\.securityGroups/,
    ],
    ['InvalidSubnetID.NotFound', 'no such thing', /network\.subnets/],
    ['InvalidSecurityGroupID.NotFound', 'no such thing', /network\.securityGroups/],
    ['ResourceNotFoundException', 'The specified log group does not exist.', /Correct logGroup/],
  ])('%s: %s comes with what in the manifest it is about', (name, message, said) => {
    const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
    expect(messageOf(error)).toMatch(said);
    expect(messageOf(error)).toContain(message);
  });

  test.each([
    ['ResourceNotFoundException', "Secrets Manager can't find the specified secret."],
    ['InvalidParameterException', 'Creation of service was not idempotent.'],
  ])('%s: %s is put down to no key of the manifest', (name, message) => {
    const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
    expect(messageOf(error)).not.toContain('manifest');
  });

  test.each<[string, string, RegExp]>([
    ['ClusterNotFoundException', 'Cluster not found.', /Correct cluster in the application's manifest/],
    [
      'InvalidParameterException',
      "The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
      /network of the ECS service/,
    ],
    ['InvalidSecurityGroupID.NotFound', 'no such thing', /network of the ECS service/],
    ['ResourceNotFoundException', 'The specified log group does not exist.', /task definition/],
    ['AccessDeniedException', 'is not authorized to perform: ecs:DescribeServices', /IAM list/],
  ])('of an application, %s: %s is put down to what it has', (name, message, said) => {
    const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
    const tellings = [
      messageOf(error, 'application'),
      annotationsOf(error, { manifest: 'application' })[0]?.message ?? '',
      errorSummary('Title', error, { manifest: 'application' }),
      String(withProgress(error, ['done before this'], 'application')),
    ];
    for (const told of tellings) {
      expect(told).toMatch(said);
      expect(told).not.toMatch(/environment manifest|network\.subnets|masterSecret/);
    }
  });

  test('what no session policy allows is not put down to the role', () => {
    const error = Object.assign(new Error('because no session policy allows it'), { name: 'AccessDenied' });
    expect(messageOf(error)).not.toContain('lacks this permission');
  });

  test('never a stack trace', () => {
    for (const error of [new Error('boom'), new Failed('a', 'b'), new Refused('a', 'b'), 'text'])
      expect(`${messageOf(error)}${errorSummary('Title', error)}`).not.toMatch(/\bat .*\.ts:\d+/);
  });
});

describe('the job summary', () => {
  test('stays below the limit at whole lines and whole letters, and says that it was cut', () => {
    const cut = cutSummary('äöü€🚀 line\n'.repeat(1_000), 5_000);
    expect(Buffer.byteLength(cut)).toBeLessThan(5_200);
    expect(cut).not.toContain('�');
    expect(cut).toContain('_Cut here');
    expect(
      cut
        .split('\n')
        .slice(0, -4)
        .every((line) => line === 'äöü€🚀 line'),
    ).toBe(true);
  });

  test('one line longer than the limit is cut within it', () => {
    expect(Buffer.byteLength(cutSummary('€'.repeat(10_000), 1_000))).toBeLessThan(1_200);
  });

  test('nothing that is short is touched', () => {
    expect(cutSummary('short')).toBe('short');
  });

  test('values cannot end a cell, a code span or start HTML', () => {
    expect(cell('a|b`c`\n<img src=x>')).toBe("a\\|b'c' &lt;img src=x>");
    const table = planTable([
      {
        step: 'routing',
        kind: 'listener rule',
        name: 'a|b',
        action: 'update',
        differences: [{ field: 'host', from: '<b>', to: '`x`', how: 'update' }],
      },
    ]);
    expect(table.split('\n')).toHaveLength(3);
    expect(table).not.toContain('<b>');
  });

  test('evidence cannot close its own fence', () => {
    const summary = errorSummary('Title', new Failed('a', 'b', ['~~~', '# not a heading']));
    expect(summary.match(/^~~~/gm)).toHaveLength(2);
  });
});

describe('what a container logged', () => {
  test.each(['::error::x', '  ::add-mask::x', '##[command]rm', '\u001b[31mred\u001b[0m', 'a\rb\u0007c'])(
    '%j does no harm',
    (line) => {
      const quoted = quoteForeign(line);
      expect(quoted).toMatch(/^\| /);
      expect(quoted).not.toContain('##[');
      expect([...quoted].every((letter) => (letter.codePointAt(0) ?? 0) >= 32)).toBe(true);
    },
  );

  test('a line of ten megabytes becomes a short one, quickly', () => {
    expect(quoteForeign('x'.repeat(10_000_000)).length).toBeLessThan(1_100);
  });
});

describe('redaction', () => {
  const secret = 'pa"ss\\wörd $(x)';

  test.each(formsOf(secret).map((form) => [form]))('takes out %j', (form) => {
    const { add, clean } = createRedactor();
    add(secret);
    expect(clean(`before ${form} after`)).toBe('before *** after');
  });

  test('leaves everything else alone', () => {
    const { add, clean } = createRedactor();
    add(secret);
    expect(clean('nothing to see')).toBe('nothing to see');
  });
});
