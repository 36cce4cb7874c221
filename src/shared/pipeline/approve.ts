// Answers a manual approval of one execution, and never another's. The token is read again just before it is used: it
// belongs to one run of the approval, so that a stale one is refused by AWS and cannot answer for somebody else.
import { Failed, UnknownOutcome } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import { seek } from '../wait.ts';
import { isOver, listActionRuns, readExecution, whichOf } from './executions.ts';
import { executionUrl } from './links.ts';
import { stopCommand } from './places.ts';
import { foreign } from './progress.ts';
import { shorten } from './shorten.ts';
import type { ActionRun, Approval, Execution } from './types.ts';

export type Answering = {
  readonly pipeline: ApplicationPipeline;
  readonly executionId: string;
  readonly approval: Approval;
  readonly answer: 'approve' | 'reject';
  /** Cut to 512 characters. */
  readonly summary: string;
};

const longestSummary = 512;
const mostTries = 4;

/**
 * Returns once the approval is answered, by us or by somebody else, or no longer waits; the log says which.
 * Throws Failed where somebody approved what was to be rejected, and where it keeps waiting whatever is sent.
 */
export const answerApproval = async (around: ApplicationSurroundings, call: Answering): Promise<void> => {
  for (let attempt = 1; attempt <= mostTries; attempt++) {
    const execution = await readExecution(around, whichOf(call));
    if (execution && isOver(execution)) return sayMoot(around, call, execution.status);
    const waiting = execution && (await readWaiting(around, call, execution));
    const put = waiting ? await putAnswer(around, call, waiting.token) : 'not-waiting';
    if (put === 'answered') {
      around.log.info(`${nameOf(call)}: ${past[call.answer]} by this run`);
      return;
    }
    const run = await readAnswer(around, call, { put, run: waiting?.run });
    if (run) return tell(around, call, run);
  }
  throw new Failed(
    `${nameOf(call)} could not be answered in ${mostTries} tries: AWS does not show it as answered.`,
    `Answer it in the console: ${executionUrl(around.application, whichOf(call))}. Then run this job again: it follows the same execution.`,
  );
};

const past = { approve: 'approved', reject: 'rejected' } as const;

const nameOf = ({ pipeline, approval }: Answering): string =>
  `approval ${approval.stage}/${approval.action} of ${pipeline.pipeline}`;

/** What waits for us: its token, and which run of the approval it is. */
type Waiting = { readonly token: string; readonly run: string | undefined };

/** GetPipelineState has no token in PARALLEL mode, and elsewhere tells of the whole pipeline. */
const readWaiting = async (
  around: ApplicationSurroundings,
  call: Answering,
  { mode }: Execution,
): Promise<Waiting | undefined> => {
  const { pipeline, executionId, approval } = call;
  if (mode === 'PARALLEL') {
    const run = await newestRun(around, call);
    return run?.status === 'InProgress' && run.externalId
      ? { token: run.externalId, run: run.id }
      : undefined;
  }
  const { stageStates = [] } = await around.aws.codepipeline.getPipelineState({ name: pipeline.pipeline });
  const stage = stageStates.find(({ stageName }) => stageName === approval.stage);
  if (stage?.latestExecution?.pipelineExecutionId !== executionId) return undefined;
  const action = stage.actionStates?.find(({ actionName }) => actionName === approval.action);
  const { status, token, actionExecutionId } = action?.latestExecution ?? {};
  return status === 'InProgress' && token ? { token, run: actionExecutionId } : undefined;
};

type Put = 'answered' | 'lost' | 'refused' | 'not-waiting';

const putAnswer = async (
  { aws }: ApplicationSurroundings,
  { pipeline, approval, answer, summary }: Answering,
  token: string,
): Promise<Put> => {
  try {
    await aws.codepipeline.putApprovalResult({
      pipelineName: pipeline.pipeline,
      stageName: approval.stage,
      actionName: approval.action,
      result: {
        summary: shorten(summary, longestSummary),
        status: answer === 'approve' ? 'Approved' : 'Rejected',
      },
      token,
    });
    return 'answered';
  } catch (error) {
    if (error instanceof UnknownOutcome) return 'lost';
    if (isNamed(error, 'ApprovalAlreadyCompletedException', 'InvalidApprovalTokenException'))
      return 'refused';
    throw error;
  }
};

/** How the approval ended. Reads lag behind, so only a lost answer is worth sending again at once. */
const readAnswer = async (
  around: ApplicationSurroundings,
  call: Answering,
  { put, run: id }: { readonly put: Put; readonly run: string | undefined },
): Promise<ActionRun | undefined> => {
  const look = async (): Promise<ActionRun | undefined> => {
    const run = await newestRun(around, call, id);
    return run && run.status !== 'InProgress' ? run : undefined;
  };
  return put === 'lost' ? look() : seek(look, around.clock);
};

/** A retried stage has asked before: that run's answer is none for this one. */
const newestRun = async (
  around: ApplicationSurroundings,
  call: Answering,
  id?: string,
): Promise<ActionRun | undefined> => {
  const { stage, action } = call.approval;
  const runs = await listActionRuns(around, whichOf(call));
  return runs.findLast(
    (run) => run.stage === stage && run.action === action && (id === undefined || run.id === id),
  );
};

const tell = ({ log, application }: ApplicationSurroundings, call: Answering, run: ActionRun): void => {
  const by = run.updatedBy ? ` by ${run.updatedBy}` : '';
  const comment = run.externalSummary ? `: ${foreign(run.externalSummary)}` : '';
  const was = run.status === 'Succeeded' ? 'approve' : 'reject';
  if (run.status === 'Abandoned') log.info(`${nameOf(call)} was abandoned; nothing is left to answer`);
  else if (was === call.answer)
    log.info(`${nameOf(call)} was ${past[was]} already${by}${comment}; nothing more to do`);
  else if (was === 'reject')
    log.warning(`${nameOf(call)} was rejected${by} before this run could approve it${comment}`);
  else
    throw new Failed(
      `${nameOf(call)} was to be rejected, but was approved${by} before${comment}. The execution goes on: ${executionUrl(application, whichOf(call))}`,
      `If it must not, stop it: ${stopCommand(application, whichOf(call))}`,
    );
};

const sayMoot = ({ log }: ApplicationSurroundings, call: Answering, status: Execution['status']): void =>
  log.warning(`${nameOf(call)} was not answered: execution ${call.executionId} is ${status} meanwhile`);
