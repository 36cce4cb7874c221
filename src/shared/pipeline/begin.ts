// The execution that a job is about: one to resume, one that returns a stage, or one to start. Known to later steps and to
// the post step as soon as it is known at all.
import { findEarlier, findReturn, listNewest } from './earlier.ts';
import { executionUrl } from './links.ts';
import type { Job } from './policies.ts';
import type { SourceRevision } from './request.ts';
import { rollbackStage } from './rollback.ts';
import { clientToken, startExecution } from './start.ts';
import { remembered } from './state.ts';

export type Resolved = readonly (SourceRevision & { readonly action: string })[];

/** Answers the execution's id. Throws what starting or rolling back throws. */
export const beginExecution = async (job: Job, sourceRevisions: Resolved): Promise<string> => {
  const { policies, pipeline, journal } = job;
  if (policies.executionId !== undefined) {
    journal.did({ step: 'execution', action: 'follow', name: policies.executionId });
    return announce(job, policies.executionId);
  }
  const { operation, rollbackStage: stage } = policies;
  if (operation === 'rollback' && stage !== undefined) return beginReturn(job, stage);
  const earlier = policies.startAgain ? undefined : await findEarlier(job, 'StartPipelineExecution');
  if (earlier !== undefined) {
    announce(job, earlier);
    return taken(job, earlier, 'follow');
  }
  const calledAt = job.around.clock.now();
  const executionId = await startExecution(job.around, {
    pipeline,
    token: tokenOf(job),
    variables: policies.variables,
    sourceRevisions,
  });
  announce(job, executionId);
  return taken(job, executionId, (await isOlder(job, executionId, calledAt)) ? 'follow' : 'start');
};

const beginReturn = async (job: Job, stage: string): Promise<string> => {
  const earlier = (await findEarlier(job, 'ManualRollback')) ?? (await findReturn(job, stage));
  if (earlier === undefined) return returnStage(job, stage);
  announce(job, earlier);
  job.journal.add({ rollbackExecutionId: earlier });
  return taken(job, earlier, 'follow');
};

const returnStage = async (job: Job, stage: string): Promise<string> => {
  const { around, policies, pipeline, journal, definition } = job;
  const target = policies.targetExecutionId;
  const rolled = await rollbackStage(around, { pipeline, stage, target, definition });
  journal.did({ step: 'stage', action: 'rollback', name: stage });
  journal.add({ rollbackExecutionId: rolled.executionId });
  journal.note(`stage ${stage} returns to execution ${rolled.target}`);
  return announce(job, rolled.executionId);
};

const taken = ({ around, journal }: Job, executionId: string, action: 'follow' | 'start'): string => {
  if (action === 'follow')
    around.log.info('an earlier attempt of this run had started it: nothing new was started');
  journal.did({ step: 'execution', action, name: executionId });
  return executionId;
};

/** The runner's clock and AWS's. */
const clocksDifferMs = 5_000;

/** CodePipeline answers a repeated token with the execution of the first call, and does not say so. */
const isOlder = async (job: Job, executionId: string, calledAt: number): Promise<boolean> => {
  if (job.policies.startAgain || !(Number(job.world.run.attempt) > 1)) return false;
  const found = (await listNewest(job)).find((each) => each.pipelineExecutionId === executionId);
  return found?.startTime !== undefined && found.startTime.getTime() < calledAt - clocksDifferMs;
};

const tokenOf = ({ around, world, pipeline, policies }: Job): string =>
  clientToken({
    run: world.run,
    unique: world.unique,
    application: around.application.name,
    environment: around.application.environment.name,
    pipeline: pipeline.name,
    variables: policies.variables,
    sourceRevisions: policies.sourceRevisions,
    startAgain: policies.startAgain,
  });

const announce = ({ around, world, pipeline, journal }: Job, executionId: string): string => {
  const url = executionUrl(around.application, { pipeline: pipeline.pipeline, executionId });
  world.remember(remembered.executionId, executionId);
  world.output('execution-id', executionId);
  world.output('execution-url', url);
  journal.add({ executionId });
  around.log.info(`${pipeline.pipeline}: execution ${executionId} ${url}`);
  return executionId;
};
