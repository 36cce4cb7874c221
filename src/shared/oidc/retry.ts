// Asking GitHub for a token, or AWS for a session, again: only what passes by itself, and not for long.
import type { Failed } from '../errors.ts';
import type { Clock } from '../world.ts';

/** One try failed in a way that passes by itself; `failure` is what a person reads where it did not pass. */
export class Passing extends Error {
  readonly failure: Failed;
  constructor(failure: Failed) {
    super(failure.what);
    this.name = 'Passing';
    this.failure = failure;
  }
}

const mostTries = 5;
const mostMs = 60_000;

export type Patience = { readonly clock: Clock; readonly random: () => number };

/**
 * Tries up to five times within a minute, with growing random pauses; only Passing is tried again.
 * `attempt` has to fetch a token of its own: GitHub's lives five minutes, and STS may have seen it.
 */
export const tryPatiently = async <T>(attempt: () => Promise<T>, { clock, random }: Patience): Promise<T> => {
  const started = clock.now();
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      const pause = 500 + random() * 1_000 * 2 ** tries;
      if (tries >= mostTries || clock.now() + pause > started + mostMs) throw error.failure;
      await clock.sleep(pause);
    }
  }
};
