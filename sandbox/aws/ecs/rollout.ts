// What a rolling update does next: pure, from counts to "start so many, stop these".

export type TaskView = {
  readonly arn: string;
  readonly digits: string;
  readonly healthy: boolean;
  readonly createdAt: number;
};

export type RolloutView = {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly primary: { readonly digits: string; readonly failed: boolean };
  /** Tasks that are wanted: starting or running, not those being stopped. */
  readonly tasks: readonly TaskView[];
};

export type RolloutStep = { readonly start: number; readonly stop: readonly TaskView[] };

/**
 * Starts as many of the PRIMARY deployment's tasks as maximumPercent leaves room for, and stops the others' as far
 * as minimumHealthyPercent stays kept. A failed deployment starts nothing and lets the older tasks live.
 */
export const nextStep = (view: RolloutView): RolloutStep => {
  const mine = view.tasks.filter(({ digits }) => digits === view.primary.digits);
  const others = view.tasks.filter(({ digits }) => digits !== view.primary.digits);
  const surplus = byAge(mine).slice(view.desiredCount);
  if (view.primary.failed) return { start: 0, stop: view.desiredCount === 0 ? view.tasks : surplus };
  const room = Math.floor((view.desiredCount * view.maximumPercent) / 100) - view.tasks.length;
  return {
    start: Math.max(0, Math.min(view.desiredCount - mine.length, room)),
    stop: [...surplus, ...replaced(view, mine, others)],
  };
};

const replaced = (
  view: RolloutView,
  mine: readonly TaskView[],
  others: readonly TaskView[],
): readonly TaskView[] => {
  const healthyMine = mine.filter(({ healthy }) => healthy).length;
  if (healthyMine >= view.desiredCount) return others;
  const needed = Math.ceil((view.desiredCount * view.minimumHealthyPercent) / 100);
  const healthyOthers = byAge(others.filter(({ healthy }) => healthy));
  const spare = Math.max(0, healthyMine + healthyOthers.length - needed);
  return [...others.filter(({ healthy }) => !healthy), ...healthyOthers.slice(0, spare)];
};

const byAge = (tasks: readonly TaskView[]): readonly TaskView[] =>
  tasks.toSorted((a, b) => a.createdAt - b.createdAt);
