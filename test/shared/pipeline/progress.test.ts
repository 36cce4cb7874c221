// The log of an execution: each thing once, our own only, and why nothing moves.
import { describe, expect, test } from '@jest/globals';
import { type Entry, entriesBetween, whereItStands } from '../../../src/shared/pipeline/progress.ts';
import type { Progress } from '../../../src/shared/pipeline/types.ts';
import { anExecution, aProgress, aRun, failed, nine, theirs } from './values.ts';

const scene = {
  application: { environment: { region: 'eu-west-2' } as never },
  pipeline: 'envelope-prod-api-pipeline',
  now: nine + 300_000,
};

const entries = (before: Progress | undefined, after: Progress): readonly Entry[] =>
  entriesBetween(before, after, scene);
const texts = (before: Progress | undefined, after: Progress): readonly string[] =>
  entries(before, after).map((entry) => (entry.kind === 'line' ? entry.text : `[${entry.title}]`));

const source = aRun({ stage: 'Source', action: 'Source', category: 'Source', startedAt: nine - 90_000 });
const building = aRun({ status: 'InProgress' });

test('nothing new, no line', () => {
  const progress = aProgress({ actions: [source, building] });
  expect(texts(progress, progress)).toEqual([]);
});

test('the first look tells everything, a later one what is new', () => {
  const first = aProgress({ actions: [source] });
  const second = aProgress({ actions: [source, building] });
  expect(texts(undefined, first)).toEqual([
    expect.stringMatching(/^execution 1111.* InProgress, mode SUPERSEDED$/),
    'Source/Source Succeeded after 1m 0s',
  ]);
  expect(texts(first, second)).toEqual(['[Source Succeeded after 1m 0s]', 'Build/Build started (CodeBuild)']);
});

test('a stage is folded once, when it is left, and the last when nothing runs', () => {
  const build = { ...building, status: 'Succeeded' as const };
  const before = aProgress({ actions: [source, building] });
  const after = aProgress({ actions: [source, build], execution: anExecution({ status: 'Succeeded' }) });
  const groups = entries(before, after).filter(({ kind }) => kind === 'group');
  expect(groups).toEqual([
    {
      kind: 'group',
      title: 'Build Succeeded after 1m 0s',
      lines: ['Build (CodeBuild) Succeeded after 1m 0s'],
    },
  ]);
});

test('a retry counts its attempts, and an address is told when it comes', () => {
  const again = aRun({ startedAt: nine + 90_000, status: 'InProgress' });
  const url = 'https://console.example/build/1';
  expect(texts(aProgress({ actions: [failed()] }), aProgress({ actions: [failed(), again] }))).toEqual([
    'Build/Build (attempt 2) started (CodeBuild)',
  ]);
  expect(
    texts(aProgress({ actions: [building] }), aProgress({ actions: [{ ...building, externalUrl: url }] })),
  ).toEqual([`Build/Build ${url}`]);
});

test("an action's error is text of ours, in one line", () => {
  const run = failed({ error: { code: 'JobFailed', message: 'one\n::set-output name=x::y' } });
  const [line] = texts(
    aProgress({ actions: [building] }),
    aProgress({ actions: [{ ...run, id: building.id }] }),
  );
  expect(line).toBe('Build/Build Failed after 1m 0s: JobFailed: one ::set-output name=x::y');
});

describe('why nothing moves', () => {
  const queued = { kind: 'queued', stage: 'Build', behind: theirs } as const;

  test.each([
    [queued, /^queued before Build: execution 2222.* is still in it https:.*\/view/],
    [
      {
        kind: 'transition-disabled',
        stage: 'Deploy',
        reason: 'freeze',
        by: 'arn:aws:iam::1:user/ann',
      } as const,
      /^held before Deploy: arn:aws:iam::1:user\/ann disabled the transition \(freeze\)/,
    ],
    [{ kind: 'condition', stage: 'Deploy', summary: 'alarm' } as const, /entry condition \(alarm\)/],
  ])('%j', (blocked, said) => {
    const [line] = texts(aProgress(), aProgress({ blocked }));
    expect(line).toMatch(said);
    expect(texts(aProgress({ blocked }), aProgress({ blocked }))).toEqual([]);
    expect(texts(aProgress({ blocked }), aProgress())).toEqual([`${blocked.stage}: no longer held back`]);
  });

  test('an approval says since when it waits, what it says and where to answer', () => {
    const run = aRun({ stage: 'Approval', action: 'Approval', category: 'Approval', status: 'InProgress' });
    const approval = { stage: 'Approval', action: 'Approval', token: 't', customData: 'release v1' };
    const lines = texts(aProgress(), aProgress({ actions: [run], approval }));
    expect(lines).toEqual([
      expect.stringMatching(/waits for an answer since 2026-01-05 09:00 UTC \(release v1\) https:/),
    ]);
  });
});

test('where it stands: running, between two actions, at the beginning', () => {
  expect(whereItStands(aProgress({ actions: [source, building] }), scene)).toBe(
    'Build/Build has run for 5m 0s',
  );
  expect(whereItStands(aProgress({ actions: [source] }), scene)).toMatch(/next action has not begun/);
  expect(whereItStands(aProgress(), scene)).toBe('no action has begun');
});
