// Looking politely: a number of calls and a time that are never exceeded, and what could not be read is told, not thrown.
import { Cancelled } from '../errors.ts';
import { messageOf } from '../report.ts';
import type { Clock } from '../world.ts';

export type Reading = {
  /** The answer, or undefined where it could not be had: then `what` is among the unread until it is read after all. */
  readonly read: <T>(what: string, call: () => Promise<T>) => Promise<T | undefined>;
  /** From now on only so many milliseconds. */
  readonly limit: (ms: number) => void;
  readonly unread: () => readonly string[];
};

/** `calls`: as many as may be made in all. Every method throws only Cancelled. */
export const openReading = (clock: Clock, calls: number): Reading => {
  const refusals = new Map<string, string>();
  let left = calls;
  let until = Number.POSITIVE_INFINITY;
  const read: Reading['read'] = async (what, call) => {
    if (left <= 0) return refuse(what, 'enough has been asked of AWS for one report');
    if (clock.now() > until) return refuse(what, 'there was no time left to look');
    left--;
    try {
      const answer = await call();
      refusals.delete(what);
      return answer;
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      return refuse(what, oneLine(error));
    }
  };
  const refuse = (what: string, why: string): undefined => {
    refusals.set(what, why);
    return undefined;
  };
  return {
    read,
    limit: (ms) => {
      until = clock.now() + ms;
    },
    unread: () => [...refusals].map(([what, why]) => `${what}: ${why}`),
  };
};

const oneLine = (error: unknown): string => messageOf(error).split('\n')[0]?.slice(0, 500) ?? '';
