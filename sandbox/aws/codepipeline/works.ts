// Runs what an action does on the cloud's clock. Work is a promise and the virtual clock moves in steps: before time goes
// on, the work has come to rest, which is when it sleeps again or has ended.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CloudClock } from '../clock.ts';
import type { ActionWork, Work, WorkEnd } from './definitions.ts';

/** Work that waits for anything else than its own sleep (a process, another promise) is left alone after this many turns. */
const patience = 100;

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < patience; turn += 1) await nextTurn();
};

export type Started = {
  readonly run: Omit<ActionWork, 'sleep'>;
  readonly ended: (end: WorkEnd) => void;
  /** The work threw: a bug of whoever wrote it. */
  readonly broke: (error: unknown) => void;
};

/** Answers when the work first rests; rejects, as its later sleeps do, where it throws. */
export const startWork = (
  clock: Pick<CloudClock, 'after'>,
  work: Work,
  { run, ended, broke }: Started,
): Promise<void> => {
  let resting = Promise.withResolvers<void>();
  const untilRest = (): Promise<void> => {
    resting = Promise.withResolvers<void>();
    return Promise.race([resting.promise, turns()]);
  };
  const sleep = (ms: number): Promise<void> => {
    const woken = Promise.withResolvers<void>();
    clock.after(ms, () => {
      const rest = untilRest();
      woken.resolve();
      return rest;
    });
    resting.resolve();
    return woken.promise;
  };
  const settle = async (): Promise<void> => {
    try {
      ended(await work({ ...run, sleep }));
      resting.resolve();
    } catch (error) {
      broke(error);
      resting.reject(error);
    }
  };
  const rest = untilRest();
  void settle();
  return rest;
};
