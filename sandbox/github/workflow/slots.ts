// A number of places, taken and given back in the order of asking: runners, and a matrix's max-parallel.

export type Slots = {
  /** Resolves with what gives the place back; with undefined where `signal` came first. */
  readonly take: (signal: AbortSignal) => Promise<(() => void) | undefined>;
};

export const createSlots = (count: number): Slots => {
  let free = count;
  const waiting: (() => void)[] = [];
  const give = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return {
    take: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(undefined);
        if (free > 0) {
          free--;
          return resolve(give);
        }
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(give);
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(enter), 1);
          resolve(undefined);
        };
        waiting.push(enter);
        signal.addEventListener('abort', leave, { once: true });
      }),
  };
};
