// Which revision to go back to: the last one that ECS saw healthy, not "one less", which may never have run.

export type PastDeployment = {
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly taskDefinition: string;
};

export type LastGood =
  | { readonly kind: 'go-back'; readonly taskDefinition: string }
  | { readonly kind: 'already-there' }
  | { readonly kind: 'none' };

/**
 * `current` is the service's task definition. Had the newest deployment no success, the service goes back to the
 * newest success; had it one, to the newest success with another task definition.
 */
export const chooseLastGood = (current: string, past: readonly PastDeployment[]): LastGood => {
  const newestFirst = [...past].sort((a, b) => b.createdAt - a.createdAt);
  const good = newestFirst.filter(({ status }) => status === 'SUCCESSFUL');
  const newest = newestFirst[0];
  if (newest && newest.status !== 'SUCCESSFUL' && good[0]) {
    return good[0].taskDefinition === current
      ? { kind: 'already-there' }
      : { kind: 'go-back', taskDefinition: good[0].taskDefinition };
  }
  const other = good.find(({ taskDefinition }) => taskDefinition !== current);
  return other ? { kind: 'go-back', taskDefinition: other.taskDefinition } : { kind: 'none' };
};
