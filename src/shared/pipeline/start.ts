// Starts one execution, once: whoever repeats the call with the same token gets the execution that the first call started.
import { createHash } from 'node:crypto';
import type { StartPipelineExecutionInput } from '@aws-sdk/client-codepipeline';
import { Failed, UnknownOutcome } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import type { Run } from '../world.ts';
import { pipelineUrl } from './links.ts';
import { foreign } from './progress.ts';
import type { SourceRevision, Variable } from './request.ts';

export type Starting = {
  readonly pipeline: ApplicationPipeline;
  readonly token: string;
  readonly variables: readonly Variable[];
  /** Each with the name of its source action. */
  readonly sourceRevisions: readonly (SourceRevision & { readonly action: string })[];
};

export type Tokened = {
  readonly run: Pick<Run, 'repository' | 'id' | 'attempt'>;
  /** Instead of the run's id outside GitHub, where every call is a run of its own. */
  readonly unique: string;
  readonly application: string;
  readonly environment: string;
  readonly pipeline: string;
  /** What is asked for: a matrix may release one pipeline with several values. */
  readonly variables: readonly Variable[];
  readonly sourceRevisions: readonly SourceRevision[];
  /** A token for each attempt of the run. */
  readonly startAgain: boolean;
};

/** The same for every attempt of a run's job, so that a re-run starts nothing. CodePipeline takes letters, digits and hyphens. */
export const clientToken = ({ run, unique, startAgain, ...what }: Tokened): string => {
  const parts = [
    run.repository,
    run.id || unique,
    what.environment,
    what.application,
    what.pipeline,
    ...what.variables.map(({ name, value }) => `${name}=${value}`).sort(),
    ...what.sourceRevisions.map(({ type, value }) => `${type}:${value}`).sort(),
    ...(startAgain ? [run.attempt] : []),
  ];
  return `tenant-actions-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`;
};

/** Lost answers in a row after which AWS is told to be out of reach. */
const mostLost = 5;

/**
 * Answers the execution's id. Waits until the deadline while the pipeline is busy or full, and repeats a lost call with
 * the same token. Throws Failed where AWS refuses for good.
 */
export const startExecution = async (
  around: ApplicationSurroundings,
  starting: Starting,
): Promise<string> => {
  const { clock, log, random } = around;
  const request = requestOf(starting);
  for (let lost = 0; ; ) {
    try {
      const { pipelineExecutionId } = await around.aws.codepipeline.startPipelineExecution(request);
      if (pipelineExecutionId) return pipelineExecutionId;
      throw new UnknownOutcome('StartPipelineExecution', 'an answer without an execution id');
    } catch (error) {
      const again = reasonToRepeat(error);
      lost = again === 'lost' ? lost + 1 : 0;
      if (!again || lost >= mostLost || clock.now() >= around.deadline)
        throw explain(error, around, starting);
      log.info(`${starting.pipeline.pipeline}: ${said[again]}`);
      // At once the first time: a job that is cancelled now must know what it has started.
      if (lost !== 1) await clock.sleep(pauses[again] * (1 + random() / 2));
    }
  }
};

type Reason = 'lost' | 'busy' | 'full';

const reasonToRepeat = (error: unknown): Reason | undefined => {
  if (error instanceof UnknownOutcome) return 'lost';
  if (isNamed(error, 'ConflictException')) return 'busy';
  return isNamed(error, 'ConcurrentPipelineExecutionsLimitExceededException') ? 'full' : undefined;
};

const said: Readonly<Record<Reason, string>> = {
  lost: 'no answer to the start; asking again with the same token, which starts nothing twice',
  busy: 'the pipeline is busy with a change of its own; trying again',
  full: 'as many executions run as CodePipeline allows at once; waiting until one ends',
};

const pauses: Readonly<Record<Reason, number>> = { lost: 2_000, busy: 10_000, full: 30_000 };

const requestOf = ({
  pipeline,
  token,
  variables,
  sourceRevisions,
}: Starting): StartPipelineExecutionInput => ({
  name: pipeline.pipeline,
  clientRequestToken: token,
  ...(variables.length ? { variables: variables.map(({ name, value }) => ({ name, value })) } : {}),
  ...(sourceRevisions.length
    ? {
        sourceRevisions: sourceRevisions.map(({ action, type, value }) => ({
          actionName: action,
          revisionType: type,
          revisionValue: value,
        })),
      }
    : {}),
});

const explain = (error: unknown, around: ApplicationSurroundings, { pipeline }: Starting): unknown => {
  const { application } = around;
  const { name, region, accountId } = application.environment;
  const page = pipelineUrl(application, pipeline.pipeline);
  const failed = (what: string, fix: string): Failed => new Failed(what, fix);
  if (isNamed(error, 'PipelineNotFoundException'))
    return failed(
      `There is no pipeline ${pipeline.pipeline} in account ${accountId}, region ${region}. Nothing was started.`,
      `Correct \`pipeline\` of ${pipeline.name} in applications/${application.name}.yml (environment ${name}), or make the pipeline.`,
    );
  if (isNamed(error, 'ValidationException'))
    return failed(
      `CodePipeline refused to start ${pipeline.pipeline}: ${foreign((error as Error).message)}. Nothing was started.`,
      `Compare the inputs variables and source-revisions with the pipeline's own: aws codepipeline get-pipeline --name ${pipeline.pipeline} --region ${region}`,
    );
  if (isNamed(error, 'ConflictException'))
    return failed(
      `${pipeline.pipeline} stayed busy until the deadline, and CodePipeline started nothing.`,
      `See what it is busy with (${page}), then run this job again.`,
    );
  if (isNamed(error, 'ConcurrentPipelineExecutionsLimitExceededException'))
    return failed(
      `As many executions of ${pipeline.pipeline} run as CodePipeline allows at once, and none ended before the deadline. Nothing was started.`,
      `Answer waiting approvals or stop what is stuck (${page}), then run this job again.`,
    );
  if (error instanceof UnknownOutcome)
    return failed(
      `${error.message} It was asked with one token each time, so that at most one execution of ${pipeline.pipeline} was started.`,
      `Run this job again: it follows that execution, or starts it if there is none. To look first: ${page}`,
    );
  return error;
};
