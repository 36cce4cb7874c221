// What the caller of a release decided, as the inputs of trigger-pipeline say it.
import { type Problem, UserError } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import type { Run, World } from '../world.ts';
import type { Definition } from './definition.ts';
import type { Journal } from './journal.ts';
import type { SourceRevision, Variable } from './request.ts';
import type { Origin } from './types.ts';

/** How often a failed stage is retried; `on-rerun`: who re-runs a failed job wants it tried again, once. */
export type RetryPolicy = 'on-rerun' | number;

const resumes: readonly Origin[] = ['earlier-attempt', 'resumed'];

/** An execution that this attempt started has not failed before. */
export const retriesOf = (policy: RetryPolicy, { attempt }: Pick<Run, 'attempt'>, origin: Origin): number =>
  policy === 'on-rerun' ? Number(Number(attempt) > 1 && resumes.includes(origin)) : policy;

export type Policies = {
  readonly operation: 'release' | 'rollback';
  readonly executionId: string | undefined;
  readonly startAgain: boolean;
  readonly variables: readonly Variable[];
  readonly sourceRevisions: readonly SourceRevision[];
  readonly wait: boolean;
  readonly approval: 'wait' | 'approve' | 'reject' | 'fail';
  readonly approvalSummary: string | undefined;
  readonly onSuperseded: 'fail' | 'neutral' | 'follow';
  readonly onTimeout: 'leave' | 'stop';
  readonly onCancel: 'stop' | 'abandon' | 'leave';
  readonly retryFailedStage: RetryPolicy;
  readonly retryMode: 'failed-actions' | 'all-actions';
  readonly rollbackStage: string | undefined;
  readonly targetExecutionId: string | undefined;
  readonly timeoutMinutes: number;
};

/** Everything that one release through one pipeline needs. */
export type Job = {
  readonly around: ApplicationSurroundings;
  readonly world: Pick<World, 'run' | 'unique' | 'output' | 'remember'>;
  readonly pipeline: ApplicationPipeline;
  readonly policies: Policies;
  readonly definition: Definition | undefined;
  readonly journal: Journal;
};

/** Inputs that contradict each other. Throws UserError with all of them. */
export const checkPolicies = (policies: Policies): void => {
  const problems = [
    ...problemsOfRollback(policies),
    ...problemsOfResuming(policies),
    ...problemsOfLeaving(policies),
  ];
  if (problems.length) throw new UserError(problems);
};

const problemsOfRollback = (policies: Policies): readonly Problem[] => {
  const { operation, rollbackStage, targetExecutionId } = policies;
  if (operation === 'rollback' && rollbackStage === undefined)
    return [
      { what: 'Input rollback-stage is needed for operation: rollback.', fix: 'Name the stage to return.' },
    ];
  if (rollbackStage === undefined && targetExecutionId !== undefined)
    return [
      {
        what: 'Input target-execution-id is given without rollback-stage.',
        fix: 'Name the stage that is to return to it.',
      },
    ];
  return [];
};

/** An execution that exists takes nothing that only a start takes. */
const problemsOfResuming = ({
  executionId,
  operation,
  startAgain,
  variables,
  sourceRevisions,
}: Policies): readonly Problem[] => {
  const starts = (
    [
      ['start-again', startAgain],
      ['variables', variables.length > 0],
      ['source-revisions', sourceRevisions.length > 0],
    ] as const
  ).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (operation === 'rollback')
    return [...starts, ...(executionId === undefined ? [] : ['execution-id'])].map((name) => ({
      what: `Input ${name} is given with operation: rollback, which starts no release.`,
      fix: 'Leave it empty.',
    }));
  return executionId === undefined
    ? []
    : starts.map((name) => ({
        what: `Input ${name} is given with execution-id, which follows an execution that was started already.`,
        fix: `Leave ${name} or execution-id empty.`,
      }));
};

/** Who does not wait sees no approval, no failure and no end. */
const problemsOfLeaving = ({
  wait,
  operation,
  approval,
  retryFailedStage,
  rollbackStage,
}: Policies): readonly Problem[] => {
  const needing = (
    [
      [`approval: ${approval}`, approval !== 'wait'],
      [`retry-failed-stage: ${retryFailedStage}`, retryFailedStage !== 'on-rerun' && retryFailedStage > 0],
      ['rollback-stage', operation === 'release' && rollbackStage !== undefined],
    ] as const
  ).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  return wait
    ? []
    : needing.map((name) => ({
        what: `Input ${name} is given with wait: false, which ends before there is anything to do.`,
        fix: 'Leave it out, and give it to the job that follows with execution-id.',
      }));
};
