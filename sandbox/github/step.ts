// One step of a job, run as the runner runs it: the committed dist in a process of its own under the runtime that the
// action declares, INPUT_ and GITHUB_ variables, command files, masks, and the post step with the state that main saved.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Command, createReader, readCommandFile, showReading } from './commands.ts';

export type Step = {
  /** Folder of the action, with action.yml and dist. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the job: AWS_ENDPOINT_URL, credentials, GITHUB_WORKSPACE. Of this process only PATH is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** State of main, for a post step. */
  readonly state?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly onStart?: (child: ChildProcess) => void;
};

export type StepEnd = {
  /** Null where a signal killed it. */
  readonly exitCode: number | null;
  /** What the runner would show: masked, and without the commands it obeys. */
  readonly lines: readonly string[];
  /** Raw stdout and stderr but for add-mask commands, for looking for leaks that a mask would hide. */
  readonly raw: readonly string[];
  /** What the runner was told to do, in order. */
  readonly commands: readonly Command[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
};

type Yml = {
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
};

const commandFiles = [
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_STEP_SUMMARY',
  'GITHUB_ENV',
  'GITHUB_PATH',
] as const;

/** Runs main, or post where `state` is given. Throws where this Node is not the one that the action declares. */
export const runStep = async (step: Step): Promise<StepEnd> => {
  const yml = parse(await readFile(join(step.action, 'action.yml'), 'utf8')) as Yml;
  requireRuntime(yml.runs.using);
  const folder = await mkdtemp(join(tmpdir(), 'step-'));
  const files = Object.fromEntries(commandFiles.map((name) => [name, join(folder, name)]));
  try {
    for (const file of Object.values(files)) await writeFile(file, '');
    const entry = join(step.action, step.state ? (yml.runs.post ?? yml.runs.main) : yml.runs.main);
    const env = { ...environmentOf(step, yml), HOME: folder, ...files };
    const ended = await runProcess(entry, env, step);
    const read = async (name: (typeof commandFiles)[number]) => readFile(files[name] ?? '', 'utf8');
    return {
      ...ended,
      outputs: readCommandFile(await read('GITHUB_OUTPUT')),
      state: readCommandFile(await read('GITHUB_STATE')),
      summary: await read('GITHUB_STEP_SUMMARY'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const requireRuntime = (using: string): void => {
  const here = `node${process.versions.node.split('.')[0]}`;
  if (using !== here) throw new Error(`The action declares ${using}, and this is ${here}.`);
};

const environmentOf = ({ inputs, env, state = {} }: Step, yml: Yml): Readonly<Record<string, string>> => {
  const defaults = Object.entries(yml.inputs ?? {}).map(([name, of]) => [name, String(of.default ?? '')]);
  const given = { ...Object.fromEntries(defaults), ...inputs };
  return {
    PATH: process.env.PATH ?? '',
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    ...env,
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
        value,
      ]),
    ),
    ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
  };
};

type Ended = Pick<StepEnd, 'exitCode' | 'lines' | 'raw' | 'commands'>;

const runProcess = (entry: string, env: Readonly<Record<string, string>>, step: Step): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    step.onStart?.(child);
    const lines: string[] = [];
    const raw: string[] = [];
    const commands: Command[] = [];
    const masks: string[] = [];
    const read = createReader();
    const take = (line: string): void => {
      const reading = read(line);
      if (reading.kind === 'command') commands.push(reading.command);
      if (reading.kind === 'command' && reading.command.name === 'add-mask')
        return void masks.push(reading.command.text);
      raw.push(line);
      const shown = showReading(reading);
      if (shown === undefined) return;
      const masked = masks.reduce((text, mask) => text.replaceAll(mask, '***'), shown);
      lines.push(masked);
      step.onLine?.(masked);
    };
    readLines(child.stdout, take);
    readLines(child.stderr, take);
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, lines, raw, commands }));
  });

const readLines = (stream: NodeJS.ReadableStream, take: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    // A lone carriage return ends a line too, for the runner.
    const parts = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
  stream.on('end', () => {
    if (rest) take(rest.replace(/\r$/, ''));
  });
};
