// What may be printed: secrets out in every form that a log might show them in, and no text that the runner obeys.
import { cell } from './report.ts';

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
    quoteForeign(form).slice(2),
  ]);
  return [...new Set([...written, ...dressed])];
};

/** The older spelling of a command, which counts anywhere in a line. */
const withoutOldCommands = (text: string): string => text.replace(/#+\[/g, '#[');

/** Text of which the runner takes no line for a command: neither `::name::` at its beginning nor `##[name]` within. */
export const defuse = (text: string): string =>
  withoutOldCommands(text).replace(/^([^\S\r\n]*):(?=:)/gm, '$1: ');

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** Text without a terminal's colours and cursor moves, which may stand in the middle of a word. */
export const withoutEscapes = (text: string): string => text.replace(escapes, '');

const longest = 1_000;

/** A foreign line (a container's log) that the runner must not take for a workflow command, cut to 1,000 characters. */
export const quoteForeign = (line: string): string => {
  const letters = [...withoutEscapes(line.slice(0, 4 * longest))]
    .slice(0, longest)
    .map((letter) => ((letter.codePointAt(0) ?? 0) < 32 && letter !== '\t' ? ' ' : letter))
    .join('');
  return `| ${withoutOldCommands(line.length > longest ? `${cutAtSpace(letters)} … (cut)` : letters)}`;
};

/** Half a word could be half a secret, which nobody would know again. */
const cutAtSpace = (text: string): string => text.slice(0, Math.max(text.lastIndexOf(' '), 0));
