// The execution that an earlier attempt of the same run started. Nobody says for how long CodePipeline remembers a client
// token; its list of executions names the session that started each, and ours names the run.
import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import { sessionName } from '../oidc/session-name.ts';
import { isNamed } from '../resources/surroundings.ts';
import type { Job } from './policies.ts';

/** As many as one call lists; a re-run follows within 30 days, the newest first. */
const looksBack = 100;

/** One call, on a re-run only. Undefined where none is found, the job's own credentials started it, or listing is denied. */
export const findEarlier = async ({ around, world, pipeline }: Job): Promise<string | undefined> => {
  const attempt = Number(world.run.attempt);
  if (!world.run.id || !(attempt > 1)) return undefined;
  const sessions = Array.from({ length: attempt - 1 }, (_, before) =>
    sessionName({
      phase: 'release',
      subject: around.application.name,
      runId: world.run.id,
      attempt: String(before + 1),
    }),
  );
  try {
    const { pipelineExecutionSummaries = [] } = await around.aws.codepipeline.listPipelineExecutions({
      pipelineName: pipeline.pipeline,
      maxResults: looksBack,
    });
    return pipelineExecutionSummaries.find((each) => isStartOf(each, sessions))?.pipelineExecutionId;
  } catch (error) {
    if (isNamed(error, 'AccessDeniedException')) return undefined;
    throw error;
  }
};

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
const isStartOf = ({ trigger }: PipelineExecutionSummary, sessions: readonly string[]): boolean =>
  trigger?.triggerType === 'StartPipelineExecution' &&
  sessions.includes(trigger.triggerDetail?.split('/').at(-1) ?? '');
