// Child processes that stand for containers: the first process's end is the container's end, and none outlives us.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { logLines } from './lines.ts';
import type { ContainerHost, Exit } from './runtime.ts';

/** ECS's standard stopTimeout: so long after SIGTERM comes SIGKILL. */
const stopTimeoutMs = 30_000;

export type ChildSpec = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A channel to the child for messages; the child sees it close when we die. */
  readonly channel: boolean;
};

export type Child = {
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  readonly stop: () => void;
};

export type Children = {
  readonly start: (spec: ChildSpec, host: Pick<ContainerHost, 'clock' | 'log'>) => Child;
  /** Kills them all; settles when they are gone. */
  readonly close: () => Promise<void>;
};

// A child leads a process group of its own, so that a shell's own children end with it.
const killGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
};

const exitOf = (code: number | null, signal: NodeJS.Signals | null): Exit => ({
  code: code ?? 128 + (signal ? constants.signals[signal] : 0),
});

const whenExited = (child: ChildProcess, file: string): Promise<Exit> =>
  new Promise((resolve) => {
    let exit: Exit | undefined;
    child.on('error', (error) =>
      resolve({
        code: 127,
        reason: `CannotStartContainerError: exec: "${file}": ${'code' in error && error.code === 'ENOENT' ? 'executable file not found in $PATH' : error.message}`,
      }),
    );
    child.on('exit', (code, signal) => {
      exit = exitOf(code, signal);
      killGroup(child, 'SIGKILL');
    });
    // Only now has all output been read.
    child.on('close', (code, signal) => resolve(exit ?? exitOf(code, signal)));
  });

const launch = ({ file, args, env, channel }: ChildSpec, log: (line: string) => void): ChildProcess => {
  const child = spawn(file, args, {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['ipc'] as const) : [])],
  });
  for (const stream of [child.stdout, child.stderr]) if (stream) logLines(stream, log);
  return child;
};

export const createChildren = (): Children => {
  const running = new Map<ChildProcess, Promise<Exit>>();
  const killAll = (): void => {
    for (const child of running.keys()) killGroup(child, 'SIGKILL');
  };
  process.on('exit', killAll);
  const start: Children['start'] = (spec, { clock, log }) => {
    const child = launch(spec, log);
    const exited = whenExited(child, spec.file).finally(() => running.delete(child));
    running.set(child, exited);
    const stop = (): void => {
      if (!running.has(child)) return;
      killGroup(child, 'SIGTERM');
      const cancel = clock.after(stopTimeoutMs, () => killGroup(child, 'SIGKILL'));
      void exited.then(cancel);
    };
    return { process: child, exited, stop };
  };
  const close = async (): Promise<void> => {
    killAll();
    await Promise.all(running.values());
    process.off('exit', killAll);
  };
  return { start, close };
};
