// Two clocks: a virtual one that moves only when somebody sleeps, and the real one, sped up.

export type CloudClock = {
  /** Milliseconds since the epoch, in the cloud's time. */
  readonly now: () => number;
  /** Runs `body` after `ms` of the cloud's time; the answer cancels it. */
  readonly after: (ms: number, body: () => void | Promise<void>) => () => void;
};

export type VirtualClock = CloudClock & {
  /** Moves time on by `ms`, running what falls due in order, each to its end. */
  readonly sleep: (ms: number) => Promise<void>;
};

type Timer = { readonly at: number; readonly order: number; readonly body: () => void | Promise<void> };

export const createVirtualClock = (start = Date.UTC(2026, 0, 5, 9, 0, 0)): VirtualClock => {
  let now = start;
  let order = 0;
  const timers = new Set<Timer>();
  const nextDue = (until: number): Timer | undefined =>
    [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  const sleep = async (ms: number): Promise<void> => {
    const until = now + ms;
    for (let timer = nextDue(until); timer; timer = nextDue(until)) {
      timers.delete(timer);
      now = Math.max(now, timer.at);
      await timer.body();
    }
    now = Math.max(now, until);
  };
  const after: CloudClock['after'] = (ms, body) => {
    const timer = { at: now + ms, order: order++, body };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return { now: () => now, after, sleep };
};

export type RealClock = CloudClock & {
  /** Nothing falls due any more: what is left of the cloud must not outlive who closed it. */
  readonly stop: () => void;
};

/** The machine's clock with the cloud's delays divided by `speed`; timestamps stay real. */
export const createRealClock = (speed: number): RealClock => {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const after: CloudClock['after'] = (ms, body) => {
    if (stopped) return () => {};
    const timer = setTimeout(() => {
      timers.delete(timer);
      void Promise.resolve(body()).catch(reportLater);
    }, ms / speed);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  };
  const stop = (): void => {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return { now: () => Date.now(), after, stop };
};

const reportLater = (error: unknown): void => {
  process.stderr.write(`sandbox: a timer failed: ${error instanceof Error ? error.stack : String(error)}\n`);
};
