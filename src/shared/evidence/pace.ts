// When it is worth looking again: at once where the service's answer changed, more and more rarely where something is owed.

/** What ECS still owes after tasks were read: how one that is stopping ends, or lists that lag behind its counters. */
export type Owed = 'ends' | 'lists' | 'nothing';

export type Pace = {
  /** Whether tasks should be read now; `mark` changes with every task that starts or ends. */
  readonly areTasksDue: (mark: string, now: number) => boolean;
  readonly readTasks: (now: number, owed: Owed) => void;
  /** Whether targets should be asked for now; says yes once, then not for a while. */
  readonly areTargetsDue: (now: number) => boolean;
};

const longest = 15_000;

/** How a task ends is looked for at every poll at first: nothing can be said of it before. A stop takes half a minute. */
const soon = 5_000;
const soonLooks = 12;

export const openPace = (startedAt: number): Pace => {
  let known: string | undefined;
  let looks = 0;
  let lookedAt = startedAt;
  let owed: Owed = 'nothing';
  let targetsAt = Number.NEGATIVE_INFINITY;
  return {
    areTasksDue: (mark, now) => {
      if (mark !== known) {
        known = mark;
        looks = 0;
        return true;
      }
      const most = owed === 'ends' && looks <= soonLooks ? soon : longest;
      return owed !== 'nothing' && now - lookedAt >= Math.min(most, 2_500 * looks);
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
