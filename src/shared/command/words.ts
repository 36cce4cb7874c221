// A command line as the list of words that a container gets, without a shell between.
import type { Parser } from '../inputs.ts';

type Flaw = { readonly what: string; readonly fix: string };

/** ECS takes overrides of 8,192 characters in all. */
const mostCharacters = 7_000;

const how = "Write one program with its arguments; where a shell is wanted, sh -c '…' around all of it.";

/**
 * Words split at spaces; 'single' and "double" quotes keep them together. A backslash stays what it is, as PHP's class
 * names need it; within double quotes \" is a quote and \\ a backslash. What a shell would act upon, and nothing here
 * does, is refused: it would silently be an argument.
 */
export const commandWords: Parser<readonly string[]> = (text) => {
  const line = text.trim();
  const flawed = (flaw: Flaw) => ({ kind: 'problem', ...flaw }) as const;
  const hidden = hiddenIn(line);
  if (hidden) return flawed(hidden);
  const words: string[] = [];
  let rest = line;
  while (rest !== '') {
    const read = readWord(rest);
    if (read.kind === 'open') return flawed(openQuote(read.quote, line.length - read.left));
    const flaw = flawOf(read, words);
    if (flaw) return flawed(flaw);
    words.push(read.pieces.map(({ value }) => value).join(''));
    rest = rest.slice(read.raw.length);
    if (/^\s*?\n/.test(rest)) return flawed(severalLines);
    rest = rest.trimStart();
  }
  if (words.length === 0) return flawed({ what: 'is empty.', fix: how });
  if (JSON.stringify(words).length > mostCharacters) return flawed(tooLong);
  return { kind: 'value', value: words };
};

const tooLong: Flaw = {
  what: `is longer than ${mostCharacters} characters.`,
  fix: 'ECS takes no longer override: put it into a script of the image.',
};

const severalLines: Flaw = {
  what: 'has more than one line.',
  fix: "Write one program with its arguments on one line. Several commands want sh -c '…' around all of them.",
};

const openQuote = (quote: string, at: number): Flaw => ({
  what: `has a ${quote} that is never closed, at character ${at + 1}.`,
  fix:
    quote === "'"
      ? 'Close it. A word with an apostrophe in it wants double quotes around it: "it\'s".'
      : 'Close it. Within double quotes a quote is written \\"; or put the word into single quotes: \'say "hi"\'.',
});

/** Control characters, marks of no width and of direction: whoever approves the command would not see them. */
const hiddenIn = (line: string): Flaw | undefined => {
  const [found] = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u.exec(line) ?? [];
  if (found === undefined) return undefined;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return {
    what: `holds an invisible character (U+${code}).`,
    fix: 'It often comes along with copied text: type the command anew.',
  };
};

type Piece = { readonly style: 'single' | 'double' | 'plain'; readonly value: string };
type Read = { readonly kind: 'word'; readonly raw: string; readonly pieces: readonly Piece[] };
/** `left` counts the characters from the quote on. */
type Open = { readonly kind: 'open'; readonly quote: string; readonly left: number };

const piece = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+))/s;

/** The first word of `text`, which begins with one. */
const readWord = (text: string): Read | Open => {
  const pieces: Piece[] = [];
  let raw = '';
  for (let rest = text; rest !== '' && !/^\s/.test(rest); rest = text.slice(raw.length)) {
    const [matched, single, double, plain = ''] = piece.exec(rest) ?? [];
    if (matched === undefined) return { kind: 'open', quote: rest[0] ?? '', left: rest.length };
    if (single !== undefined) pieces.push({ style: 'single', value: single });
    else if (double !== undefined)
      pieces.push({ style: 'double', value: double.replace(/\\(["\\])/g, '$1') });
    else pieces.push({ style: 'plain', value: plain });
    raw += matched;
  }
  return { kind: 'word', raw, pieces };
};

/** The sign alone: what follows it may be half a password. */
const variable = /`|\$(?=[\w{(])/;
const operator = /&&|\|\||[|&;]|\d?[<>]+(?:&\d)?/;

/** What is wrong with a word behind those in `before`. */
const flawOf = ({ raw, pieces }: Read, before: readonly string[]): Flaw | undefined => {
  const [first] = pieces;
  if (before.length === 0 && pieces.every(({ value }) => value === ''))
    return { what: 'begins with an empty word.', fix: 'Begin with the program.' };
  if (before.length === 0 && first?.style === 'plain' && /^[A-Za-z_]\w*=/.test(first.value))
    return {
      what: `begins with ${first.value.split('=')[0]}=, which sets a variable only in a shell.`,
      fix: 'Write env before it, where it is no secret: ECS shows the command.',
    };
  if (raw.startsWith('#') && before.length > 0) return shellOnly('#');
  // A line that goes on, or a space that does not part.
  if (pieces.at(-1)?.style === 'plain' && raw.endsWith('\\')) return shellOnly('\\');
  const acted = actedUpon(pieces, isScript(before));
  if (acted) return shellOnly(acted);
  return first?.style === 'plain' ? typographic(pieces) : undefined;
};

const shellOnly = (found: string): Flaw => ({
  what: `holds ${found}, which only a shell acts upon, and no shell sees the command.`,
  fix: "Where the program is to get it as it stands, put the word into single quotes; where a shell is wanted, write sh -c '…' around all of it.",
});

const actedUpon = (pieces: readonly Piece[], inScript: boolean): string | undefined => {
  for (const { style, value } of pieces) {
    const found =
      style === 'plain'
        ? (operator.exec(value) ?? variable.exec(value))
        : style === 'double' && !inScript
          ? variable.exec(value)
          : null;
    if (found) return found[0];
  }
  return undefined;
};

/** A program that is a shell. */
export const isShell = (program = ''): boolean => /^(?:\S*\/)?(?:ba|da|a|k|z)?sh$/.test(program);
/** `-c`, `-lc`: the next word is a script. */
export const takesScript = (option = ''): boolean => /^-\w*c$/.test(option);

const isScript = (before: readonly string[]): boolean => isShell(before[0]) && takesScript(before.at(-1));

/** What word processors and chats make of quotes and of the two dashes before an option. */
const typographic = (pieces: readonly Piece[]): Flaw | undefined => {
  const plain = pieces.filter(({ style }) => style === 'plain').map(({ value }) => value);
  const [found] =
    /^[\u2010-\u2015\u2212]/.exec(plain[0] ?? '') ?? /[\u2018-\u201f«»]/.exec(plain.join('')) ?? [];
  if (found === undefined) return undefined;
  return {
    what: `holds ${found}, which is neither a quote nor the dash of an option.`,
    fix: 'It often comes along with copied text: type \', " or -- instead. In quotes it stays what it is.',
  };
};

/** The words as one would type them: they read back as the same, here and (but for backslashes) in a shell. */
export const shownCommand = (words: readonly string[]): string =>
  words.map((word) => (bare.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`)).join(' ');

const bare = /^[\w@%+=:,./\\-]*[\w@%+=:,./-]$/;
