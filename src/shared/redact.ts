// What may be printed: secrets out in every form that a log might show them in, and no text that the runner obeys.
import { cell, cutAtSpace, cutMark, escaped, wholeWords } from './markdown.ts';
import { plainLine, plainLines } from './plain.ts';

export { withoutEscapes } from './plain.ts';

/** A filter that knows the registered secrets in raw, base64, hex, URL and JSON form. */
export type Redactor = { readonly add: (secret: string) => void; readonly clean: (text: string) => string };

export const createRedactor = (): Redactor => {
  const forms = new Set<string>();
  return {
    add: (secret) => {
      if (secret.length >= 4) for (const form of formsOf(secret)) forms.add(form);
    },
    clean: (text) =>
      [...forms]
        .sort((a, b) => b.length - a.length)
        .reduce((rest, form) => rest.replaceAll(form, '***'), text),
  };
};

export const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const base64 = bytes.toString('base64');
  const written = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    hex,
    hex.toUpperCase(),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
  // What summaries and quoted log lines make of it before they are cleaned.
  const dressed = written.flatMap((form) => [
    form.replaceAll('<', '&lt;'),
    cell(form),
    escaped(form),
    quoteForeign(form).slice(2),
  ]);
  return [...new Set([...written, ...dressed])];
};

/** The older spelling of a command, which counts anywhere in a line. */
const withoutOldCommands = (text: string): string => text.replace(/#+\[/g, '#[');

/** Text of which the runner takes no line for a command: neither `::name::` at its beginning nor `##[name]` within. */
export const defuse = (text: string): string =>
  withoutOldCommands(plainLines(text)).replace(/^([^\S\n]*):(?=:)/gm, '$1: ');

const longest = 1_000;

/** A foreign text on one line, with nothing in it that a terminal or the runner obeys. */
export const plain = (text: string): string => withoutOldCommands(plainLine(text));

/** The same, cut to 1,000 characters. */
export const plainForeign = (text: string): string => {
  const start = plain(text.slice(0, 4 * longest));
  return text.length > 4 * longest
    ? `${wholeWords(start.slice(0, longest))}${cutMark}`
    : cutAtSpace(start, longest);
};

/** A foreign line (a container's log) that the runner must not take for a workflow command. */
export const quoteForeign = (line: string): string => `| ${plainForeign(line)}`;
