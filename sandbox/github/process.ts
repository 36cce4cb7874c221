// A program under the runner's hands: its output read line by line, commands obeyed, values masked, the command files
// read when it ends, and cancelled as the runner cancels: SIGINT, then SIGTERM, then the whole group killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, createReader, readCommandFile, showReading } from './commands.ts';
import { createMasks, type Masks } from './masks.ts';

type Texts = Readonly<Record<string, string>>;

/** How a program is stopped. Milliseconds; GitHub's are 7,500 and 2,500. */
export type Cancelling = {
  readonly signal: AbortSignal;
  /** From SIGINT to SIGTERM. */
  readonly interruptMs: number;
  /** From SIGTERM to SIGKILL for the whole group. */
  readonly terminateMs: number;
};

export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Texts;
  readonly cwd?: string;
  /** Of the job; without them the step's own. */
  readonly masks?: Masks;
  readonly cancelling?: Cancelling;
  readonly onLine?: (line: string) => void;
  readonly onStart?: (child: ChildProcess) => void;
};

export type ProgramEnd = {
  /** Null where a signal killed it. */
  readonly exitCode: number | null;
  /** What the runner would show: masked, and without the commands it obeys. */
  readonly lines: readonly string[];
  /** Raw stdout and stderr but for add-mask commands, for looking for leaks that a mask would hide. */
  readonly raw: readonly string[];
  /** What the runner was told to do, in order. */
  readonly commands: readonly Command[];
  readonly outputs: Texts;
  readonly state: Texts;
  readonly summary: string;
  /** Variables for the steps that follow. */
  readonly variables: Texts;
  /** Folders for the PATH of the steps that follow, in the order given. */
  readonly paths: readonly string[];
};

const commandFiles = [
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_STEP_SUMMARY',
  'GITHUB_ENV',
  'GITHUB_PATH',
] as const;

/** Runs it to its end with command files of its own. Rejects where it cannot be started. */
export const runProgram = async (program: Program): Promise<ProgramEnd> => {
  const folder = await mkdtemp(join(tmpdir(), 'step-'));
  const files = Object.fromEntries(commandFiles.map((name) => [name, join(folder, name)]));
  try {
    for (const file of Object.values(files)) await writeFile(file, '');
    const ended = await runProcess({ ...program, env: { HOME: folder, ...program.env, ...files } });
    const read = async (name: (typeof commandFiles)[number]) => readFile(files[name] ?? '', 'utf8');
    return {
      ...ended,
      outputs: { ...saved(ended.commands, 'set-output'), ...readCommandFile(await read('GITHUB_OUTPUT')) },
      state: { ...saved(ended.commands, 'save-state'), ...readCommandFile(await read('GITHUB_STATE')) },
      summary: await read('GITHUB_STEP_SUMMARY'),
      variables: readCommandFile(await read('GITHUB_ENV')),
      paths: (await read('GITHUB_PATH')).split('\n').filter(Boolean),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const saved = (commands: readonly Command[], kind: string): Texts =>
  Object.fromEntries(
    commands.filter(({ name }) => name === kind).map(({ properties, text }) => [properties.name ?? '', text]),
  );

// However we end, what we started ends too; before the folders go that it works in.
const alive = new Set<ChildProcess>();
process.prependListener('exit', () => {
  for (const child of alive) killGroup(child);
});

const killGroup = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left, or it leads none.
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
};

type Ended = Pick<ProgramEnd, 'exitCode' | 'lines' | 'raw' | 'commands'>;

const runProcess = (program: Program): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { env, cwd, cancelling } = program;
    const child = spawn(program.command, program.args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd ? { cwd } : {}),
      detached: cancelling !== undefined,
    });
    alive.add(child);
    child.on('close', () => alive.delete(child));
    program.onStart?.(child);
    const { seen, take } = createTaker(program);
    readLines(child.stdout, take);
    readLines(child.stderr, take);
    const letGo = cancelling ? cancelOn(cancelling, child) : () => {};
    child.on('error', (error) => {
      letGo();
      reject(error);
    });
    child.on('close', (exitCode) => {
      letGo();
      resolve({ exitCode, ...seen });
    });
  });

type Seen = { readonly lines: string[]; readonly raw: string[]; readonly commands: Command[] };

const createTaker = ({ masks = createMasks(), onLine }: Program) => {
  const seen: Seen = { lines: [], raw: [], commands: [] };
  const read = createReader();
  const take = (line: string): void => {
    const reading = read(line);
    if (reading.kind === 'command') seen.commands.push(reading.command);
    if (reading.kind === 'command' && reading.command.name === 'add-mask') {
      masks.add(reading.command.text);
      return;
    }
    seen.raw.push(line);
    const shown = showReading(reading);
    if (shown === undefined) return;
    const masked = masks.hide(shown);
    seen.lines.push(masked);
    onLine?.(masked);
  };
  return { seen, take };
};

// A program that has ended may leave children that hold its output open: they are killed a while later.
const leftoversMs = 2_000;

const cancelOn = ({ signal, interruptMs, terminateMs }: Cancelling, child: ChildProcess): (() => void) => {
  const timers: NodeJS.Timeout[] = [];
  const kill = (): void => killGroup(child);
  const cancel = (): void => {
    child.kill('SIGINT');
    timers.push(
      setTimeout(() => child.kill('SIGTERM'), interruptMs),
      setTimeout(kill, interruptMs + terminateMs),
    );
  };
  child.on('exit', () => timers.push(setTimeout(kill, leftoversMs)));
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    for (const timer of timers) clearTimeout(timer);
    if (child.exitCode !== null || child.signalCode !== null) kill();
  };
};

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
