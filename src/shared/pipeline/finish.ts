// The action's post step: where main was cancelled or killed before it could stop the execution that was its own, this does.
import { pipelineOf } from '../fleet/applications.ts';
import { prepareApplication, type SharedByApplications } from '../prepare-application.ts';
import { messageOf } from '../report.ts';
import type { World } from '../world.ts';
import { whichOf } from './executions.ts';
import { executionUrl } from './links.ts';
import { remembered } from './state.ts';
import { signedReason, stopExecution } from './stop.ts';

export type Finishing = SharedByApplications & {
  /** Short name of the pipeline. */
  readonly pipeline: string;
  readonly onCancel: 'stop' | 'abandon' | 'leave';
};

/**
 * Does nothing where main came to its end, and what main did already is done no second time. It never throws: GitHub would
 * show a failed post step as the job's failure, over main's own message.
 */
export const finishCancelled = async (
  inputs: Finishing,
  world: World,
  state: (name: string) => string,
): Promise<void> => {
  const executionId = state(remembered.executionId);
  if (!executionId || state(remembered.ended) === 'true') return;
  try {
    await finishExecution(inputs, world, executionId);
  } catch (error) {
    world.log.warning(
      `Execution ${executionId} of pipeline ${inputs.pipeline} may still run, for it could not be stopped: ${messageOf(error, 'application')}`,
    );
  }
};

const finishExecution = async (inputs: Finishing, world: World, executionId: string): Promise<void> => {
  const around = await prepareApplication(inputs, world, 'release');
  const { application, log } = around;
  const pipeline = pipelineOf(application, inputs.pipeline);
  if (inputs.onCancel === 'leave') {
    const page = executionUrl(application, whichOf({ pipeline, executionId }));
    log.warning(`Execution ${executionId} goes on without the job (on-cancel: leave): ${page}`);
    return;
  }
  const reason = signedReason('the job was cancelled', world.run);
  await stopExecution(around, { pipeline, executionId, how: inputs.onCancel, reason });
};
