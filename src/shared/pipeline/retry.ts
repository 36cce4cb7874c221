// Retries the failed stage of one execution, in that execution. A lost answer is looked into: a retry that was taken begins
// new action runs, and asking again would retry a second time.
import { Failed, UnknownOutcome } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import { printable } from '../logs.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import { seek } from '../wait.ts';
import { listActionRuns, whichOf } from './executions.ts';
import { executionUrl } from './links.ts';

export type Retrying = {
  readonly pipeline: ApplicationPipeline;
  readonly executionId: string;
  readonly stage: string;
  readonly mode: 'failed-actions' | 'all-actions';
};

const mostTries = 4;

/** Returns once AWS has taken the retry. Throws Failed, with the reason and what to do, where it will not. */
export const retryStage = async (around: ApplicationSurroundings, call: Retrying): Promise<void> => {
  const before = new Set(await listRuns(around, call));
  for (let attempt = 1; ; attempt++) {
    const refusal = await retryOnce(around, call);
    if (refusal === undefined) return;
    // A refusal after a lost answer may be the lost one's success.
    const lost = refusal instanceof UnknownOutcome;
    if ((lost || attempt > 1) && (await hasBegun(around, call, before))) return;
    const again = lost || isNamed(refusal, 'ConflictException');
    if (!again || attempt >= mostTries) throw explain(around, call, refusal);
    await around.clock.sleep(5_000);
  }
};

const retryOnce = async ({ aws }: ApplicationSurroundings, call: Retrying): Promise<Error | undefined> => {
  try {
    await aws.codepipeline.retryStageExecution({
      pipelineName: call.pipeline.pipeline,
      stageName: call.stage,
      pipelineExecutionId: call.executionId,
      retryMode: call.mode === 'all-actions' ? 'ALL_ACTIONS' : 'FAILED_ACTIONS',
    });
    return undefined;
  } catch (error) {
    if (error instanceof UnknownOutcome || isNamed(error, ...Object.keys(refusals))) return error as Error;
    throw error;
  }
};

const listRuns = async (around: ApplicationSurroundings, call: Retrying): Promise<readonly string[]> => {
  const runs = await listActionRuns(around, whichOf(call));
  return runs.filter(({ stage }) => stage === call.stage).map(({ id }) => id);
};

const hasBegun = async (
  around: ApplicationSurroundings,
  call: Retrying,
  before: ReadonlySet<string>,
): Promise<boolean> => {
  const look = async (): Promise<true | undefined> =>
    (await listRuns(around, call)).some((id) => !before.has(id)) || undefined;
  return (await seek(look, around.clock)) ?? false;
};

type Refusal = readonly [what: string, fix: string];

const startAnew = 'To release, start a new run of the workflow.';

const refusals: Readonly<Record<string, Refusal>> = {
  NotLatestPipelineExecutionException: [
    'a newer execution has been in this stage since, and only the latest can be retried',
    startAnew,
  ],
  StageNotRetryableException: [
    'the stage has no failed action any more, or the pipeline was changed since it failed',
    'Look whether somebody has retried it already. If nobody has, start a new run of the workflow.',
  ],
  ConflictException: [
    'the pipeline is busy with other executions, four times in a row',
    'Run this job again in some minutes: it follows the same execution and retries its failed stage.',
  ],
  ConcurrentPipelineExecutionsLimitExceededException: [
    'the pipeline runs as many executions at once as AWS allows',
    'Let some end or stop them, then run this job again: it retries its failed stage.',
  ],
  StageNotFoundException: ['the pipeline has no such stage any more', startAnew],
  PipelineNotFoundException: [
    'there is no such pipeline in this account and region',
    "Correct the pipeline's name in the application's manifest, or its accountId and region.",
  ],
};

const explain = ({ application }: ApplicationSurroundings, call: Retrying, refusal: Error): Error => {
  const [why, fix] = refusals[refusal.name] ?? [
    'AWS did not answer, and no new action began',
    'Run this job again: it follows the same execution and retries its failed stage.',
  ];
  return new Failed(`Stage ${call.stage} of ${call.pipeline.pipeline} could not be retried: ${why}.`, fix, [
    printable(`${refusal.name}: ${refusal.message}`),
    `execution ${call.executionId}: ${executionUrl(application, whichOf(call))}`,
  ]);
};
