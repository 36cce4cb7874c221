// Text as Markdown that shows it and obeys nothing in it: no HTML, link, image, heading or fence of a foreign text's. Pure.
import { plainLine, plainLines } from './plain.ts';

/**
 * Code spans of one or two backticks; addresses, whole words of them, as GitHub makes links even of bare ones; and ARNs:
 * it would make a picture of an ARN's `:secret:`.
 */
const inert =
  /((?<!`)``(?!`)[^\n]+?(?<!`)``(?!`)|`[^`\n]+`|(?<![^\s`])[^\s`]*(?::\/\/|www\.|mailto:|xmpp:|\w@\w)[^\s`]*|\barn:aws[\w-]*:[\w+=,.@/:*-]*[\w*/])/i;

/** One line of prose; its code spans stay. The same letters are always escaped the same way, so that a secret is known again. */
export const prose = (text: string): string =>
  plainLine(text)
    .replace(/\s+/g, ' ')
    .trim()
    .split(inert)
    .map((part, index) => {
      if (index % 2 === 0) return escaped(part);
      return part.startsWith('`') ? part : `\`${part}\``;
    })
    .join('')
    .replace(/^([#>+=-]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));

/** `$` begins a formula on GitHub, which no backslash prevents everywhere. */
export const escaped = (text: string): string =>
  text
    .replace(/[\\`*_[\]~]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('$', '&#36;');

/** Several lines as one quotation, a paragraph each. */
export const quotation = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${prose(line)}`.trimEnd())
    .join('\n>\n');

/** Lines word for word, in a fence that none of them can close. */
export const fenced = (lines: readonly string[]): string =>
  `~~~text\n${lines.map(plainLines).join('\n').replaceAll('~~~', '~ ~ ~')}\n~~~`;

/** `body` below a line that unfolds it. */
export const folded = (line: string, body: string, open = false): string =>
  `<details${open ? ' open' : ''}><summary>${line}</summary>\n\n${body}\n\n</details>`;

/** Text that cannot end a table cell, start HTML or close a code span. */
export const cell = (text: string): string =>
  cutAtSpace(
    text.replaceAll('|', '\\|').replaceAll('`', "'").replaceAll('<', '&lt;').replace(/\s+/g, ' '),
    500,
  );

export const cutMark = ' … (cut)';

/** At most `most` characters and the mark, and whole words. */
export const cutAtSpace = (text: string, most: number): string =>
  text.length <= most ? text : `${wholeWords(text.slice(0, most))}${cutMark}`;

/** Without the word at its end: half a word could be half a secret, which nobody would know again. */
export const wholeWords = (text: string): string => text.slice(0, Math.max(text.lastIndexOf(' '), 0));
