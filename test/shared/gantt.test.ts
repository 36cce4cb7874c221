// A chart shows when things ran, to everybody who opens it. Mermaid takes both ends of a bar for milliseconds in format x;
// in format X it takes the beginning for milliseconds too and the end for seconds, so that every bar filled the chart.
import { describe, expect, test } from '@jest/globals';
import { type Bar, gantt } from '../../src/shared/gantt.ts';

const noon = Date.UTC(2026, 0, 5, 12);

const aBar = (over: Partial<Bar> = {}): Bar => ({
  icon: '✅',
  name: 'Build',
  tag: 'done',
  from: noon,
  to: noon + 60_000,
  ...over,
});

const chart = (...bars: readonly Bar[]): string => gantt([{ name: 'api', bars }]) ?? '';

const axisOf = (...bars: readonly Bar[]): string | undefined => /axisFormat (.*)/.exec(chart(...bars))?.[1];

test('a bar begins and ends when it did', () => {
  const text = chart(aBar(), aBar({ name: 'Deploy', from: noon + 90_500, to: noon + 180_250 }));
  expect(text).toContain('  dateFormat x\n');
  const ends = [...text.matchAll(/:done, (\d+), (\d+)/g)].map(([, from, to]) => [Number(from), Number(to)]);
  expect(ends).toEqual([
    [noon, noon + 60_000],
    [noon + 90_500, noon + 180_250],
  ]);
});

test('what took no time can be seen', () => {
  expect(chart(aBar({ to: noon }))).toContain(`${noon}, ${noon + 1_000}`);
});

describe('the axis', () => {
  const minute = 60_000;
  test.each([
    ['seconds alone within one minute', 20_000, '%S s'],
    ['seconds within some minutes', 2 * minute, '%H:%M:%S'],
    ['minutes within a day', 90 * minute, '%H:%M'],
    ['the day too where an approval waited longer', 3 * 1_440 * minute, '%a %H:%M'],
  ])('shows %s', (_, span, format) => {
    expect(axisOf(aBar({ to: noon + 1_000 }), aBar({ to: noon + span }))).toBe(format);
  });
});

test('names cannot end a bar or begin a section', () => {
  const text = gantt([{ name: 'a\nb', bars: [aBar({ name: 'x :crit, 1\nsection y;#%%' })] }]);
  expect(text?.split('\n').filter((line) => /^ *(section|✅)/.test(line))).toEqual([
    '  section a b',
    `  ✅ x  crit  1 section y :done, ${noon}, ${noon + 60_000}`,
  ]);
});

test('is bounded, and nothing where nothing ran', () => {
  const many = { name: 'api', bars: Array.from({ length: 70 }, () => aBar()) };
  expect(gantt([many, many, many])?.match(/:done,/g)).toHaveLength(80);
  expect(gantt([{ name: 'api', bars: [] }])).toBeUndefined();
});
