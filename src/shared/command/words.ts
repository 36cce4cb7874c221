// A command line as the list of words that a container gets, without a shell between.
import type { Parser } from '../inputs.ts';

const fix =
  "No shell sees the command: write one program with its arguments, or sh -c '…' where a shell is wanted.";

/** What only a shell understands, where it stands alone and unquoted. */
const shellWords = ['&&', '||', '|', ';', '&', '>', '>>', '<', '2>&1'];

/** ECS takes overrides of 8,192 characters in all. */
const mostCharacters = 7_000;

/**
 * Words split at white space; 'single' and "double" quotes keep them together. A backslash stays what it is, as PHP's
 * class names need it; within double quotes \" is a quote and \\ a backslash.
 */
export const commandWords: Parser<readonly string[]> = (text) => {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const { word, raw } = readWord(rest);
    if (raw === '')
      return { kind: 'problem', what: `has a quote that never ends: ${rest.slice(0, 40)}`, fix: 'Close it.' };
    if (shellWords.includes(raw)) return { kind: 'problem', what: `holds ${raw}.`, fix };
    words.push(word);
    rest = rest.slice(raw.length).trimStart();
  }
  if (words.length === 0) return { kind: 'problem', what: 'is empty.', fix };
  if (JSON.stringify(words).length > mostCharacters)
    return {
      kind: 'problem',
      what: `is longer than ${mostCharacters} characters.`,
      fix: 'ECS takes no longer override: put it into a script of the image.',
    };
  return { kind: 'value', value: words };
};

const piece = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+))/s;

/** The first word and its own text; that is empty where a quote stays open. */
const readWord = (text: string): { readonly word: string; readonly raw: string } => {
  let word = '';
  let raw = '';
  for (let rest = text; rest !== '' && !/^\s/.test(rest); rest = text.slice(raw.length)) {
    const [matched, single, double, plain] = piece.exec(rest) ?? [];
    if (matched === undefined) return { word, raw: '' };
    word += single ?? double?.replace(/\\(["\\])/g, '$1') ?? plain ?? '';
    raw += matched;
  }
  return { word, raw };
};

/** The words as one would type them. */
export const shownCommand = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
