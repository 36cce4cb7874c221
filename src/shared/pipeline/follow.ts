// Follows one execution to its end, and does on the way what the caller decided: answers its approvals, retries its failed
// stage. It never answers, retries or stops another execution than the one it was given.
import { Cancelled, Failed } from '../errors.ts';
import { type Circumstances, failureKey, judgeExecution } from '../judge/pipeline.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { withProgress } from '../report.ts';
import { type Verdict, waitUntil } from '../wait.ts';
import { answerApproval } from './approve.ts';
import type { Definition } from './definition.ts';
import { pauseBefore } from './pace.ts';
import { retryStage } from './retry.ts';
import type { Approval, End, Progress, Step } from './types.ts';
import { createWatch, type Watch, type Watching } from './watch.ts';

export type Following = Watching & {
  readonly approval: 'wait' | 'approve' | 'reject' | 'fail';
  /** What goes with an answer. */
  readonly approvalSummary: string;
  /** How often a failed stage is retried. */
  readonly retries: number;
  readonly retryMode: 'failed-actions' | 'all-actions';
  readonly definition: Definition | undefined;
  readonly did: (step: Step) => void;
};

export type Outcome =
  | End
  | { readonly kind: 'timed-out' }
  /** `approval: fail`: left waiting. */
  | { readonly kind: 'approval-waits'; readonly approval: Approval };

export type Followed = {
  readonly outcome: Outcome;
  readonly progress: Progress;
  /** Why the failed stage was not retried though it was to be. */
  readonly refusal?: Failed;
};

/** What was done already: AWS may show the time before it for a while. */
type Memory = {
  /** Tokens of the approvals that were answered. */
  readonly answered: readonly string[];
  /** `failureKey` of the failures that were retried. */
  readonly retried: readonly string[];
};

/** Throws Failed where AWS knows no such execution, or what was to be done on the way was refused. */
export const followExecution = async (
  around: ApplicationSurroundings,
  following: Following,
): Promise<Followed> => {
  const watch = createWatch(around, following);
  for (let memory: Memory = { answered: [], retried: [] }; ; ) {
    const followed = await waitForNews(around, following, { watch, memory });
    const next = await act(around, following, { followed, memory });
    if (next === undefined) return followed;
    if (next instanceof Failed) return { ...followed, refusal: next };
    memory = next;
  }
};

/** Does what the outcome asks for. Undefined where that is nothing, and the refusal of a retry, leave the outcome final. */
const act = async (
  around: ApplicationSurroundings,
  following: Following,
  { followed: { outcome }, memory }: { readonly followed: Followed; readonly memory: Memory },
): Promise<Memory | Failed | undefined> => {
  const { pipeline, executionId, approval: policy } = following;
  if (outcome.kind === 'approval-waits' && (policy === 'approve' || policy === 'reject')) {
    const { approval } = outcome;
    const summary = following.approvalSummary;
    await answerApproval(around, { pipeline, executionId, approval, answer: policy, summary });
    following.did({ step: 'approval', action: policy, name: `${approval.stage}/${approval.action}` });
    return { ...memory, answered: [...memory.answered, approval.token] };
  }
  if (outcome.kind !== 'failed' || outcome.stage === undefined) return undefined;
  if (memory.retried.length >= following.retries) return undefined;
  const { stage } = outcome;
  around.log.info(
    `${stage}: failed; retry ${memory.retried.length + 1} of ${following.retries} (${following.retryMode})`,
  );
  try {
    await retryStage(around, { pipeline, executionId, stage, mode: following.retryMode });
  } catch (error) {
    // It must not hide why the stage failed.
    if (error instanceof Cancelled) throw error;
    return refusalOf(error, stage);
  }
  following.did({ step: 'stage', action: 'retry', name: stage });
  return { ...memory, retried: [...memory.retried, failureKey(outcome)] };
};

const refusalOf = (error: unknown, stage: string): Failed => {
  const told =
    error instanceof Failed ? error : withProgress(error, [`stage ${stage} was not retried`], 'application');
  if (!(told instanceof Failed)) throw error;
  return told === error
    ? told
    : new Failed(
        `It could not be retried: ${told.what.replace(/\.$/, '')}.`,
        `${told.fix} Then run this job again: it retries the failed stage.`,
        told.details,
      );
};

const waitForNews = async (
  around: ApplicationSurroundings,
  following: Following,
  { watch, memory }: { readonly watch: Watch; readonly memory: Memory },
): Promise<Followed> => {
  const { clock, random, deadline } = around;
  const began = clock.now();
  let looks = 0;
  let last: Progress | undefined;
  const circumstances = (): Circumstances => ({
    // What was done just now counts as a change that is yet to show.
    unchangedMs: Math.min(watch.unchangedMs(), clock.now() - began),
    selfRetrying: following.definition?.selfRetrying ?? [],
    retried: memory.retried,
  });
  const judge = (progress: Progress): Verdict<Followed> => {
    last = progress;
    const outcome = outcomeOf(progress, { following, memory, circumstances: circumstances() });
    if (outcome) return { kind: 'ready', value: { outcome, progress } };
    if (clock.now() >= deadline)
      return { kind: 'ready', value: { outcome: { kind: 'timed-out' }, progress } };
    return { kind: 'pending', why: '' };
  };
  return waitUntil(
    {
      what: `execution ${following.executionId} of ${following.pipeline.pipeline}`,
      observe: watch.look,
      judge,
      deadline,
      pause: () =>
        pauseBefore(
          { looks: looks++, followedMs: clock.now() - began, waitsForSomebody: Boolean(last?.approval) },
          random(),
        ),
    },
    around,
  );
};

type Situation = {
  readonly following: Following;
  readonly memory: Memory;
  readonly circumstances: Circumstances;
};

const outcomeOf = (
  progress: Progress,
  { following, memory, circumstances }: Situation,
): Outcome | undefined => {
  const judgement = judgeExecution(progress, circumstances);
  if (judgement.kind !== 'pending') return judgement;
  const { approval } = progress;
  const isNew = approval && !memory.answered.includes(approval.token);
  return isNew && following.approval !== 'wait' ? { kind: 'approval-waits', approval } : undefined;
};
