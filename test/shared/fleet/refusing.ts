// Rows of what a fleet may not say: a title, the files that say it, and the problems that come of it.
import { describe, expect, test } from '@jest/globals';
import { environmentWith, problemsWith, tenantText } from './files.ts';

export type Texts = Readonly<Record<string, string>>;
type Row = readonly [
  title: string,
  texts: Texts,
  ...problems: readonly (readonly [place: string, ...parts: string[]])[],
];

/** Exactly these problems, in this order: each begins with its place and contains the parts. */
export const refuses = (title: string, rows: readonly Row[], problemsOf = problemsWith) =>
  describe(title, () => {
    test.each(rows)('%s', (_, texts, ...expected) => {
      const problems = problemsOf(texts);
      const lacking = problems.map((problem, index) => {
        const [place = 'nothing', ...parts] = expected[index] ?? [];
        return [
          ...(problem.startsWith(place) ? [] : [place]),
          ...parts.filter((part) => !problem.includes(part)),
        ];
      });
      expect({ problems, lacking }).toEqual({ problems, lacking: expected.map(() => []) });
    });
  });

/** The tenant goldencrust with more lines; the first of them is line 5. */
export const tenant = (more: string): Texts => ({
  'tenants/goldencrust.yml': tenantText('goldencrust', more),
});

/** The tenant goldencrust in other words. */
export const bare = (text: string): Texts => ({ 'tenants/goldencrust.yml': text });

export const environment = (line: string, instead: string): Texts => ({
  'environments/sit.yml': environmentWith(line, instead),
});

export const at = (place: string) => `fleet/tenants/goldencrust.yml:${place}: `;
export const inSit = (place: string) => `fleet/environments/sit.yml:${place}: `;
