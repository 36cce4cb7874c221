// Text without anything that a terminal obeys or that makes a line read as another. Pure.

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Titles, links and other strings for a terminal; colours and cursor moves; the rest. */
const escapes = new RegExp(
  [
    `${esc}[\\]PX^_][^${esc}${bell}]*(?:${bell}|${esc}\\\\)`,
    `${esc}\\[[0-?]*[ -/]*[@-~]`,
    `${esc}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);

/** Text without a terminal's sequences, which may stand in the middle of a word. */
export const withoutEscapes = (text: string): string => text.replace(escapes, '');

/** Letters that turn the direction of writing round. */
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Control characters and line ends of any kind, but for tab and newline. */
const controls = /(?![\t\n])[\p{Cc}\u2028\u2029]/gu;

/** Its lines stay. */
export const plainLines = (text: string): string =>
  withoutEscapes(text).replace(/\r\n/g, '\n').replace(turns, '').replace(controls, ' ').toWellFormed();

/** On one line. */
export const plainLine = (text: string): string => plainLines(text).replaceAll('\n', ' ');
