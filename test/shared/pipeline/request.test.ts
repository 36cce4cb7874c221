// Variables and source revisions as a caller writes them, and what a pipeline says to them.
import { describe, expect, test } from '@jest/globals';
import { problemsOf, type Request } from '../../../src/shared/pipeline/check.ts';
import { type Definition, definitionOf } from '../../../src/shared/pipeline/definition.ts';
import { sourceRevisions, variables } from '../../../src/shared/pipeline/request.ts';

describe('variables', () => {
  test('are a line each, and a value may hold anything', () => {
    expect(variables('\n TAG = v1.2.3 \r\nWHY=a=b, c\n\n')).toEqual({
      kind: 'value',
      value: [
        { name: 'TAG', value: 'v1.2.3' },
        { name: 'WHY', value: 'a=b, c' },
      ],
    });
    expect(variables('')).toEqual({ kind: 'value', value: [] });
  });

  test.each([
    ['TAG', /no `=`/],
    ['TA G=1', /letters, digits/],
    ['TAG=', /no empty value/],
    [`TAG=${'x'.repeat(1_001)}`, /1000 characters/],
    ['TAG=1\nTAG=2', /TAG twice/],
    [Array.from({ length: 51 }, (_, at) => `V${at}=1`).join('\n'), /51 lines/],
  ])('%j is refused', (given, said) => {
    const parsed = variables(given);
    expect(parsed.kind === 'problem' && parsed.what).toMatch(said);
  });

  test('all wrong lines are told at once', () => {
    const parsed = variables('one\ntwo');
    expect(parsed.kind === 'problem' && parsed.what).toMatch(/'one'.*'two'/);
  });
});

describe('source revisions', () => {
  test('name their source, or leave it out', () => {
    expect(sourceRevisions('Source=COMMIT_ID:abc\nIMAGE_DIGEST:sha256:1f')).toEqual({
      kind: 'value',
      value: [
        { action: 'Source', type: 'COMMIT_ID', value: 'abc' },
        { action: undefined, type: 'IMAGE_DIGEST', value: 'sha256:1f' },
      ],
    });
  });

  test.each([['abc'], ['COMMIT:abc'], ['COMMIT_ID:'], ['a b=COMMIT_ID:x'], ['COMMIT_ID:a\nCOMMIT_ID:b']])(
    '%j is refused',
    (given) => {
      expect(sourceRevisions(given).kind).toBe('problem');
    },
  );
});

const definition = (overrides: Partial<Definition> = {}): Definition => ({
  type: 'V2',
  mode: 'QUEUED',
  stages: ['Source', 'Build', 'Deploy'],
  selfRetrying: [],
  variables: [{ name: 'TAG', hasDefault: true }],
  sources: [{ name: 'Source', provider: 'CodeStarSourceConnection' }],
  ...overrides,
});

const problems = (request: Partial<Request>, overrides: Partial<Definition> = {}): readonly string[] =>
  problemsOf(definition(overrides), {
    starts: true,
    variables: [],
    sourceRevisions: [],
    rollbackStage: undefined,
    ...request,
  }).map(({ what, fix }) => `${what} ${fix}`);

describe('what a pipeline takes', () => {
  const commit = { action: undefined, type: 'COMMIT_ID', value: 'abc' } as const;

  test('a fitting request has no problems', () => {
    expect(
      problems({
        variables: [{ name: 'TAG', value: '1' }],
        sourceRevisions: [commit],
        rollbackStage: 'Deploy',
      }),
    ).toEqual([]);
  });

  test('V1 takes neither variables nor revisions, and returns no stage', () => {
    const all = {
      variables: [{ name: 'TAG', value: '1' }],
      sourceRevisions: [commit],
      rollbackStage: 'Deploy',
    };
    expect(problems(all, { type: 'V1' })).toHaveLength(3);
    expect(problems({}, { type: 'V1' })).toEqual([]);
  });

  test('undeclared variables are told with the nearest, all at once, with those that lack a value', () => {
    const given = {
      variables: [
        { name: 'TAGS', value: '1' },
        { name: 'WHAT', value: '1' },
      ],
    };
    const declared = { variables: [{ name: 'TAG', hasDefault: false }] };
    expect(problems(given, declared).join('\n')).toMatch(
      /TAGS.*Did you mean `TAG`[\s\S]*WHAT[\s\S]*TAG has no default/,
    );
    expect(problems({ starts: false }, declared)).toEqual([]);
  });

  test.each([
    ['no such source', { ...commit, action: 'Sourc' }, {}, /Sourc.*Did you mean `Source`/],
    [
      'several sources',
      commit,
      {
        sources: [
          { name: 'App', provider: 'S3' },
          { name: 'Image', provider: 'ECR' },
        ],
      },
      /names no source action.*App, Image/,
    ],
    ['wrong kind', { ...commit, type: 'IMAGE_DIGEST' as const }, {}, /CodeStarSourceConnection.*COMMIT_ID/],
  ])('%s', (_, revision, overrides, said) => {
    expect(problems({ sourceRevisions: [revision] }, overrides).join('\n')).toMatch(said);
  });

  test('a source named and left out is given two revisions', () => {
    expect(problems({ sourceRevisions: [commit, { ...commit, action: 'Source' }] })).toEqual([
      'Input source-revisions gives Source two revisions. Delete one.',
    ]);
  });

  test.each([
    ['Deploi', {}, /Did you mean `Deploy`/],
    ['Source', {}, /source stage/],
    ['Deploy', { mode: 'PARALLEL' as const }, /PARALLEL/],
  ])('rollback-stage %s', (rollbackStage, overrides, said) => {
    expect(problems({ rollbackStage }, overrides).join('\n')).toMatch(said);
  });
});

test('a definition without type and mode is a V1 pipeline that supersedes', () => {
  expect(definitionOf({ name: 'p', roleArn: 'r', stages: [] })).toMatchObject({
    type: 'V1',
    mode: 'SUPERSEDED',
  });
});

test('stages that are retried by CodePipeline are known', () => {
  const stages = [
    { name: 'Build', actions: [], onFailure: { result: 'RETRY' as const } },
    { name: 'Deploy', actions: [] },
  ];
  expect(definitionOf({ name: 'p', roleArn: 'r', stages }).selfRetrying).toEqual(['Build']);
});
