// What may be printed: secrets out in every form that a log might show them in, and no text that the runner obeys.

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
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    hex,
    hex.toUpperCase(),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
};

/** Text of which the runner takes no line for a command: neither `::name::` at its beginning nor `##[name]` within. */
export const defuse = (text: string): string =>
  text.replace(/#+\[/g, '#[').replace(/^([^\S\r\n]*):(?=:)/gm, '$1: ');

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** A foreign line (a container's log) that the runner must not take for a workflow command, cut to 1,000 characters. */
export const quoteForeign = (line: string): string =>
  `| ${defuse(
    [...line.replace(escapes, '')]
      .slice(0, 1_000)
      .map((letter) => ((letter.codePointAt(0) ?? 0) < 32 && letter !== '\t' ? ' ' : letter))
      .join(''),
  )}`;
