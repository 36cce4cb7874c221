// A script that starts servers and processes, run so that nothing is left of it however it ends: Ctrl-C is obeyed within
// seconds, and everything temporary lies in one folder that goes at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/shared/errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

class Stopped extends Error {
  readonly signal: (typeof signals)[number];
  constructor(signal: (typeof signals)[number]) {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/** Ends the process with what `main` answers, 1 where it throws, and 128 + the signal's number where one came. */
export const runToEnd = async (main: (signal: AbortSignal) => Promise<number>): Promise<never> => {
  const stop = new AbortController();
  for (const signal of signals)
    process.on(signal, () => {
      if (stop.signal.aborted) return;
      console.error(`\n${signal}: stopping; this takes some seconds.`);
      stop.abort(new Stopped(signal));
    });
  const folder = mkdtempSync(join(tmpdir(), 'rehearse-'));
  process.env.TMPDIR = folder;
  const code = await main(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) console.error(`\n${explain(error)}`);
    return 1;
  });
  const { reason } = stop.signal;
  if (reason) console.error(reason.message);
  // After the handlers that end what is still running.
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  process.exit(reason instanceof Stopped ? 128 + constants.signals[reason.signal] : code);
};

/** What a person reads of an error: never a stack. */
export const explain = (error: unknown): string =>
  error instanceof UserError || error instanceof Error ? error.message : String(error);
