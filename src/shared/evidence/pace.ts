// When it is worth looking again: at once where the service's answer changed, more and more rarely where something is owed.

export type Pace = {
  /** Whether tasks should be read now; `mark` changes with every task that starts or ends. */
  readonly areTasksDue: (mark: string, now: number) => boolean;
  /** After tasks were read: whether ECS still owes some, for its lists lag behind its counters. */
  readonly readTasks: (now: number, owed: boolean) => void;
  /** Whether targets should be asked for now; says yes once, then not for a while. */
  readonly areTargetsDue: (now: number) => boolean;
};

const longest = 15_000;

export const openPace = (startedAt: number): Pace => {
  let known: string | undefined;
  let looks = 0;
  let lookedAt = startedAt;
  let owed = false;
  let targetsAt = Number.NEGATIVE_INFINITY;
  return {
    areTasksDue: (mark, now) => {
      if (mark !== known) {
        known = mark;
        looks = 0;
        return true;
      }
      return owed && now - lookedAt >= Math.min(longest, 2_500 * looks);
    },
    readTasks: (now, stillOwed) => {
      lookedAt = now;
      looks++;
      owed = stillOwed;
    },
    areTargetsDue: (now) => {
      // The longer it takes, the less often: some 40 times in the first ten minutes, some 40 in the next fifteen.
      if (now - targetsAt < Math.max(longest, (now - startedAt) / 40)) return false;
      targetsAt = now;
      return true;
    },
  };
};
