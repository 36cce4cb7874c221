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
 * `current` is the service's task definition. Never forward: a service that already went back, by ECS or by an earlier
 * rollback, stays where it is, so that a re-run does not bring the broken revision back. Going further back than that
 * is asked for by naming a revision.
 */
export const chooseLastGood = (current: string, past: readonly PastDeployment[]): LastGood => {
  const newestFirst = [...past].sort((a, b) => b.createdAt - a.createdAt);
  const newest = newestFirst[0];
  // ECS rolled the newest back: the service runs another task definition than it brought.
  if (newest && newest.taskDefinition !== current) return { kind: 'already-there' };
  const before = newestFirst.find(({ taskDefinition }) => taskDefinition !== current);
  if (before && revisionOf(before.taskDefinition) > revisionOf(current)) return { kind: 'already-there' };
  const good = newestFirst.find(
    ({ status, taskDefinition }) =>
      status === 'SUCCESSFUL' && revisionOf(taskDefinition) < revisionOf(current),
  );
  return good ? { kind: 'go-back', taskDefinition: good.taskDefinition } : { kind: 'none' };
};

/** The number behind the last colon of a task definition's ARN. */
const revisionOf = (arn: string): number => Number(arn.split(':').at(-1));
