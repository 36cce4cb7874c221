// The execution that an earlier attempt of the same run started, or returned a stage with. Nobody says for how long
// CodePipeline remembers a client token; its list of executions names the session that started each, and ours names the run.
import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import { Failed } from '../errors.ts';
import { sessionName } from '../oidc/session-name.ts';
import { orAbsent } from '../resources/surroundings.ts';
import type { Job } from './policies.ts';
import { readPresent } from './rollback-target.ts';

/** As many as one call lists; a re-run follows within 30 days, the newest first. */
const looksBack = 100;

/** One call, on a re-run only. Undefined where none is found, the job's own credentials started it, or listing is denied. */
export const findEarlier = async (
  job: Job,
  by: 'StartPipelineExecution' | 'ManualRollback',
): Promise<string | undefined> => {
  const { around, world } = job;
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
  for (const each of (await listNewest(job)).filter((one) => isBy(one, by, sessions)))
    if (by === 'ManualRollback' || (await isAsAsked(job, each))) return each.pipelineExecutionId;
  return undefined;
};

/** A matrix may release one pipeline with several values in one run; each leg's re-run means its own. */
const isAsAsked = async (
  { around, pipeline, policies: { variables, sourceRevisions } }: Job,
  { pipelineExecutionId, sourceRevisions: released = [] }: PipelineExecutionSummary,
): Promise<boolean> => {
  // Before its source has run an execution shows no revision.
  const isRevision = ({ value }: { readonly value: string }): boolean =>
    !released.length || released.some(({ revisionId }) => revisionId === value);
  if (!sourceRevisions.every(isRevision)) return false;
  if (!variables.length) return true;
  const { pipelineExecution } = await around.aws.codepipeline.getPipelineExecution({
    pipelineName: pipeline.pipeline,
    pipelineExecutionId,
  });
  const had = new Map(pipelineExecution?.variables?.map(({ name, resolvedValue }) => [name, resolvedValue]));
  return variables.every(({ name, value }) => had.get(name) === value);
};

/** One call. None where listing is denied. */
export const listNewest = async ({
  around,
  pipeline,
}: Pick<Job, 'around' | 'pipeline'>): Promise<readonly PipelineExecutionSummary[]> => {
  const listing = { pipelineName: pipeline.pipeline, maxResults: looksBack };
  const answer = around.aws.codepipeline.listPipelineExecutions(listing);
  return (await orAbsent(answer, 'AccessDeniedException'))?.pipelineExecutionSummaries ?? [];
};

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
const isBy = ({ trigger }: PipelineExecutionSummary, by: string, sessions: readonly string[]): boolean =>
  trigger?.triggerType === by && sessions.includes(sessionOf({ trigger }));

const sessionOf = ({ trigger }: PipelineExecutionSummary): string =>
  trigger?.triggerDetail?.split('/').at(-1) ?? '';

/**
 * On a re-run whose own credentials tell nothing: the rollback that is in the stage now, where it does what was asked for.
 * Going one further is never what a re-run means. Throws Failed where another run of ours had returned the stage.
 */
export const findReturn = async (job: Job, stage: string): Promise<string | undefined> => {
  const { around, pipeline, world, policies } = job;
  if (!(Number(world.run.attempt) > 1)) return undefined;
  const { id, returnedTo, status } = (await readPresent(around, { pipeline, stage })) ?? {};
  const target = policies.targetExecutionId ?? returnedTo;
  if (id === undefined || returnedTo === undefined || target !== returnedTo) return undefined;
  if (status === 'InProgress') return id;
  if (status !== 'Succeeded') return undefined;
  const found = (await listNewest(job)).find(({ pipelineExecutionId }) => pipelineExecutionId === id);
  const told = `Stage ${stage} of ${pipeline.pipeline} is back at execution ${returnedTo} already: execution ${id} did it. It was not returned once more.`;
  const next = 'To go back further, start a new run of the workflow.';
  if (policies.targetExecutionId === undefined && found && /^release-.*-\d+-\d+$/.test(sessionOf(found)))
    throw new Failed(told, `If that is what was wanted, nothing is left to do. ${next}`);
  around.log.warning(`${told} ${next}`);
  return id;
};
