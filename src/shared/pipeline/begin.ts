// The execution that a job is about: one to resume, one that returns a stage, or one to start. Known to later steps and to
// the post step as soon as it is known at all.
import { findEarlier } from './earlier.ts';
import { executionUrl } from './links.ts';
import { lookAtExecution } from './look.ts';
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
  if (policies.operation === 'rollback' && policies.rollbackStage !== undefined) {
    const { rollbackStage: stage, targetExecutionId: target } = policies;
    const rolled = await rollbackStage(job.around, { pipeline, stage, target });
    journal.did({ step: 'stage', action: 'rollback', name: stage });
    journal.add({ rollbackExecutionId: rolled.executionId });
    journal.note(`stage ${stage} returns to execution ${rolled.target}`);
    return announce(job, rolled.executionId);
  }
  const earlier = policies.startAgain ? undefined : await findEarlier(job);
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
  const { around, pipeline, world, policies } = job;
  if (policies.startAgain || !(Number(world.run.attempt) > 1)) return false;
  const { actions } = await lookAtExecution(around, { pipeline, executionId });
  const [first] = actions;
  return first !== undefined && first.startedAt < calledAt - clocksDifferMs;
};

const tokenOf = ({ around, world, pipeline, policies }: Job): string =>
  clientToken({
    run: world.run,
    unique: world.unique,
    application: around.application.name,
    environment: around.application.environment.name,
    pipeline: pipeline.name,
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
