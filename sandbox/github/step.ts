// One step of a job, run as the runner runs it: the committed dist in a process of its own, INPUT_ and GITHUB_ variables,
// command files, masks, and the post step with the state that main saved.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Step = {
  /** Folder of the action, with action.yml and dist. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the job: AWS_ENDPOINT_URL, credentials, GITHUB_WORKSPACE. Nothing else of this process is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** State of main, for a post step. */
  readonly state?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly onStart?: (child: ChildProcess) => void;
};

export type StepEnd = {
  readonly exitCode: number | null;
  /** What the runner would show: masked, and without the commands it obeys. */
  readonly lines: readonly string[];
  /** Raw stdout and stderr but for add-mask commands, for looking for leaks that a mask would hide. */
  readonly raw: readonly string[];
  readonly errors: readonly string[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
};

type Yml = {
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string; readonly post?: string };
};

const commandFiles = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH'] as const;

/** Runs main, or post where `state` is given. */
export const runStep = async (step: Step): Promise<StepEnd> => {
  const yml = parse(await readFile(join(step.action, 'action.yml'), 'utf8')) as Yml;
  const folder = await mkdtemp(join(tmpdir(), 'step-'));
  const files = Object.fromEntries(commandFiles.map((name) => [name, join(folder, name)]));
  try {
    for (const file of Object.values(files)) await writeFile(file, '');
    const entry = join(step.action, step.state ? (yml.runs.post ?? yml.runs.main) : yml.runs.main);
    const ended = await runProcess(entry, { ...environmentOf(step, yml), ...files }, step);
    const read = async (name: (typeof commandFiles)[number]) => readFile(files[name] ?? '', 'utf8');
    return {
      ...ended,
      outputs: parseFile(await read('GITHUB_OUTPUT')),
      state: parseFile(await read('GITHUB_STATE')),
      summary: await read('GITHUB_STEP_SUMMARY'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const environmentOf = ({ inputs, env, state = {} }: Step, yml: Yml): Readonly<Record<string, string>> => {
  const given = { ...Object.fromEntries(Object.entries(yml.inputs ?? {}).map(([name, of]) => [name, String(of.default ?? '')])), ...inputs };
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    ...env,
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value])),
    ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
  };
};

type Ended = Pick<StepEnd, 'exitCode' | 'lines' | 'raw' | 'errors' | 'masks'>;

const runProcess = (entry: string, env: Readonly<Record<string, string>>, step: Step): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    step.onStart?.(child);
    const lines: string[] = [];
    const raw: string[] = [];
    const errors: string[] = [];
    const masks: string[] = [];
    const take = (line: string): void => {
      const mask = /^::add-mask::(.*)$/.exec(line);
      if (mask) return void masks.push(unescape(mask[1] ?? ''));
      raw.push(line);
      const shown = showLine(line, masks);
      if (line.startsWith('::error')) errors.push(shown);
      if (shown === '') return;
      lines.push(shown);
      step.onLine?.(shown);
    };
    readLines(child.stdout, take);
    readLines(child.stderr, take);
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, lines, raw, errors, masks }));
  });

const readLines = (stream: NodeJS.ReadableStream, take: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part.replace(/\r$/, ''));
  });
  stream.on('end', () => {
    if (rest) take(rest);
  });
};

const showLine = (line: string, masks: readonly string[]): string => {
  const masked = masks.reduce((text, mask) => text.replaceAll(mask, '***'), line);
  const command = /^::([\w-]+)(?: ([^:]*(?:::?[^:]+)*?))?::(.*)$/.exec(masked);
  if (!command) return masked;
  const [, name = '', properties = '', text = ''] = command;
  const place = properties ? ` (${properties})` : '';
  if (name === 'group') return `▸ ${unescape(text)}`;
  if (name === 'endgroup' || name === 'debug' || name === 'save-state') return '';
  return `${name.toUpperCase()}${place}: ${unescape(text)}`;
};

const unescape = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');

/** `name=value` lines and `name<<delimiter` blocks. */
const parseFile = (text: string): Readonly<Record<string, string>> => {
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

