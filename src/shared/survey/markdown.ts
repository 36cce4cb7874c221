// Markdown in sections that can be shortened: whole rows are left out, never a part of one, and it is said how many.

export type Section = {
  /** What stands before the rows: text, or a table's head. */
  readonly head: string;
  readonly rows: readonly string[];
  /** What closes it, e.g. `</details>`; stands also where rows were left out. */
  readonly tail: string;
};

export type Fitted = {
  readonly markdown: string;
  /** Whether everything is in it. */
  readonly isWhole: boolean;
};

export const prose = (text: string): Section => ({ head: text, rows: [], tail: '' });

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Section => ({
  head: `${row(head)}\n${row(head.map(() => '---'))}`,
  rows: rows.map(row),
  tail: '',
});

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** `body` behind a line that a click opens. */
export const folded = (summary: string, body: Section): Section => ({
  head: `<details><summary>${summary}</summary>\n\n${body.head}`,
  rows: body.rows,
  tail: `${body.tail}\n\n</details>`,
});

/** Text that stays one code span, in a table too: a cell's text is taken apart at pipes before anything else. */
export const code = (text: string, longest = 200): string => {
  const line = text.replaceAll('`', "'").replace(/\s+/g, ' ').trim();
  const short = line.length > longest ? `${line.slice(0, longest).trimEnd()}…` : line;
  return short ? `\`${short.replaceAll('|', '\\|')}\`` : '(empty)';
};

/** Text that stays text: no markup, no HTML, no mention of anybody. */
export const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('@', '@\u200b')
    .trim();

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Rows that a section keeps before an earlier one may have all of its own. */
const fewest = 5;

/** All sections where they fit into `most` bytes; else fewer rows, and if need be the last sections not at all. */
export const shorten = (sections: readonly Section[], most: number): Fitted => {
  const shown = sections.map((section) => ({ section, rows: Math.min(fewest, section.rows.length) }));
  let size = shown.reduce((sum, { section, rows }) => sum + sizeOf(section, rows), 0);
  while (size > most && shown.length > 1) {
    const last = shown.pop();
    if (last) size -= sizeOf(last.section, last.rows);
  }
  for (const one of shown)
    while (one.rows < one.section.rows.length) {
      const next = Buffer.byteLength(one.section.rows[one.rows] ?? '') + 1;
      if (size + next > most) break;
      size += next;
      one.rows += 1;
    }
  const isWhole =
    shown.length === sections.length && shown.every(({ section, rows }) => rows === section.rows.length);
  return { markdown: shown.map(({ section, rows }) => write(section, rows)).join('\n\n'), isWhole };
};

const write = ({ head, rows, tail }: Section, count: number): string => {
  const left = rows.length - count;
  const note = left > 0 ? `\n\n_… and ${plural(left, 'more row')}._` : '';
  return `${[head, ...rows.slice(0, count)].join('\n')}${note}${tail}`;
};

/** With room for the note. */
const sizeOf = (section: Section, count: number): number =>
  Buffer.byteLength(write({ ...section, rows: section.rows.slice(0, count) }, count)) + 40;
