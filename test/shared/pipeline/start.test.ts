// The token that keeps a re-run from starting twice, the pace of looking, and the console's addresses.
import { describe, expect, test } from '@jest/globals';
import { executionUrl, pipelineUrl } from '../../../src/shared/pipeline/links.ts';
import { pauseBefore } from '../../../src/shared/pipeline/pace.ts';
import { clientToken, type Tokened } from '../../../src/shared/pipeline/start.ts';

const token = (overrides: Partial<Tokened> = {}, run: Partial<Tokened['run']> = {}): string =>
  clientToken({
    run: { repository: 'epactltd/api', id: '4711', attempt: '1', ...run },
    unique: 'one',
    application: 'envelope',
    environment: 'prod',
    pipeline: 'api',
    variables: [],
    sourceRevisions: [],
    startAgain: false,
    ...overrides,
  });

describe('the client token', () => {
  test("is of CodePipeline's pattern, whatever it is made of", () => {
    expect(token({}, { repository: 'ä/ö #1' })).toMatch(/^[a-zA-Z0-9-]{1,128}$/);
  });

  test('is the same for every attempt of a run, whatever process asks', () => {
    expect(token({ unique: 'two' }, { attempt: '2' })).toBe(token());
  });

  test('differs between attempts with start-again', () => {
    expect(token({ startAgain: true }, { attempt: '2' })).not.toBe(token({ startAgain: true }));
    expect(token({ startAgain: true })).not.toBe(token());
  });

  test.each([
    [{}, { id: '4712' }],
    [{}, { repository: 'epactltd/hq' }],
    [{ environment: 'dev' }, {}],
    [{ application: 'other' }, {}],
    [{ pipeline: 'hq' }, {}],
    [{ variables: [{ name: 'TICKET', value: 'A' }] }, {}],
    [{ sourceRevisions: [{ action: undefined, type: 'COMMIT_ID' as const, value: 'abc1234' }] }, {}],
  ])('differs for %j %j', (overrides, run) => {
    expect(token(overrides, run)).not.toBe(token());
  });

  test('outside GitHub every call is a run of its own', () => {
    expect(token({ unique: 'two' }, { id: '' })).not.toBe(token({}, { id: '' }));
  });
});

describe('the pace', () => {
  const pace = { looks: 20, followedMs: 60_000, waitsForSomebody: false };
  const range = (given: typeof pace) => [pauseBefore(given, 0), pauseBefore(given, 0.999)].map(Math.round);

  test('is 10 to 15 seconds, with jitter', () => {
    expect(range(pace)).toEqual([10_000, 14_995]);
  });

  test.each([
    ['an approval waits', { ...pace, waitsForSomebody: true }],
    ['ten minutes have passed', { ...pace, followedMs: 600_000 }],
  ])('is 30 to 60 seconds where %s', (_, given) => {
    expect(range(given)).toEqual([30_000, 59_970]);
  });

  test('is quick at first', () => {
    expect([0, 1, 2].map((looks) => pauseBefore({ ...pace, looks }, 0.5))).toEqual([1_000, 1_500, 2_250]);
  });
});

test.each([
  ['eu-west-2', 'https://eu-west-2.console.aws.amazon.com/'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('the console of %s', (region, host) => {
  const place = { environment: { region } };
  const which = { pipeline: 'p@1', executionId: 'id' };
  const pages = `${host}codesuite/codepipeline/pipelines/p%401`;
  expect(executionUrl(place, which)).toBe(`${pages}/executions/id/timeline?region=${region}`);
  expect(pipelineUrl(place, which.pipeline)).toBe(`${pages}/view?region=${region}`);
});
