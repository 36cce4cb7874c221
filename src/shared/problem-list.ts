// Everything that is wrong with the manifests, by file, as Markdown that GitHub takes. Pure.
import type { Problem } from './errors.ts';
import { cutAtSpace, prose } from './markdown.ts';

/** `most`: bytes. What does not fit is counted, not shown. */
export const problemList = (problems: readonly Problem[], most: number): string => {
  const files = new Set(problems.flatMap(({ place }) => place?.file ?? []));
  const where = files.size ? ` in ${counted(files.size, 'file')}` : '';
  const lines = [`**${counted(problems.length, 'problem')}${where}.**`];
  let size = 200 + Buffer.byteLength(lines.join());
  let shown = 0;
  for (const part of byFile(problems)) {
    const next = Buffer.byteLength(part) + 1;
    if (size + next > most) break;
    size += next;
    lines.push(part);
    shown += 1;
  }
  const left = problems.length - shown;
  if (left > 0)
    lines.push('', `_${counted(left, 'more problem')} did not fit here; the log has all of them._`);
  return lines.join('\n');
};

/** One text for each problem; a file's first one brings the file's heading along. */
const byFile = (problems: readonly Problem[]): readonly string[] => {
  const groups = Map.groupBy(problems, ({ place }) => place?.file);
  return [...groups].flatMap(([file, some]) =>
    some.map(({ what, fix, place }, index) => {
      const heading = index ? '' : `\n${file === undefined ? '' : `### ${plain(file)}\n\n`}`;
      const at = place ? `line ${place.line}, column ${place.column}: ` : '';
      return `${heading}- ${at}${plain(`${what} ${fix}`.trim())}`;
    }),
  );
};

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** On one line, with no mention of anybody; code spans stay, as messages name keys in them. */
const plain = (text: string): string => prose(cutAtSpace(text, 2_000)).replaceAll('@', '@\u200b');
