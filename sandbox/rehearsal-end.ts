// The end of a rehearsed run that somebody cancels: it may finish what it must, but not hold up whoever waits.
import type { RunEnd } from './github/workflow/types.ts';

/** For what a workflow does when it is cancelled. */
const lastMs = 6_000;

/** A cancelled run may go on where its steps say always(); it is waited for a little, then left to the end of this process. */
export const orGiveUp = async (run: Promise<RunEnd>, signal: AbortSignal | undefined): Promise<RunEnd> => {
  if (!signal) return run;
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer = setTimeout(() => reject(signal.reason), lastMs);
  };
  if (signal.aborted) arm();
  else signal.addEventListener('abort', arm, { once: true });
  return Promise.race([run, promise]).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', arm);
  });
};
