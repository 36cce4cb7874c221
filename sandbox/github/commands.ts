// A step's output as the runner reads it: the commands it obeys, in both of its spellings, and what a person sees.

/** A command that the runner obeyed, with its values unescaped. */
export type Command = {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
};

export type Reading =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'text'; readonly text: string };

const known = new Set(
  'add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher save-state set-env set-output stop-commands warning'.split(
    ' ',
  ),
);

// At the beginning of a line, after blanks; and, older, anywhere in it.
const spellings = [/^\s*::([\w-]+)(?:\s+(.*?))?::(.*)$/, /##\[([\w-]+)(?:\s+([^\]]*))?\](.*)$/];

/** Reads line after line: between `stop-commands` and its token nothing is obeyed. */
export const createReader = (): ((line: string) => Reading) => {
  let resumeToken: string | undefined;
  return (line) => {
    if (resumeToken !== undefined) {
      if (line.trim() === `::${resumeToken}::`) resumeToken = undefined;
      return { kind: 'text', text: line };
    }
    const command = commandIn(line);
    if (!command) return { kind: 'text', text: line };
    if (command.name === 'stop-commands') resumeToken = command.text;
    return { kind: 'command', command };
  };
};

const commandIn = (line: string): Command | undefined => {
  for (const spelling of spellings) {
    const [, name = '', properties = '', text = ''] = spelling.exec(line) ?? [];
    if (known.has(name)) return { name, properties: readProperties(properties), text: decode(text) };
  }
  return undefined;
};

const readProperties = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair.includes('='))
      .map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), decode(pair.slice(at + 1))];
      }),
  );

const decode = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');

const unseen = new Set(['add-mask', 'debug', 'endgroup', 'save-state']);

/** What the job's log shows of it; undefined where it shows nothing. */
export const showReading = (reading: Reading): string | undefined => {
  if (reading.kind === 'text') return reading.text;
  const { name, properties, text } = reading.command;
  if (unseen.has(name)) return undefined;
  if (name === 'group') return `▸ ${text}`;
  const { file, line, col } = properties;
  return `${name.toUpperCase()}${file ? ` (${[file, line, col].filter(Boolean).join(':')})` : ''}: ${text}`;
};

/** `name=value` lines and `name<<delimiter` blocks of a command file. */
export const readCommandFile = (text: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const block = /^(.+?)<<(.+)$/.exec(lines[at] ?? '');
    if (block) {
      const end = lines.indexOf(block[2] ?? '', at + 1);
      found[block[1] ?? ''] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else {
      const pair = /^([^=]+)=(.*)$/.exec(lines[at] ?? '');
      if (pair) found[pair[1] ?? ''] = pair[2] ?? '';
    }
  }
  return found;
};
