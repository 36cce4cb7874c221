// Stops the execution that is the job's own, and lets the journal have what came of it: outputs and record tell the end.
import { endOfStatus } from './journal.ts';
import type { Job } from './policies.ts';
import { type Stopping, signedReason, stopExecution } from './stop.ts';
import type { Execution } from './types.ts';

/** Answers it as it was seen last. Throws Failed where AWS will not stop it. */
export const stopOwn = async (
  { around, pipeline, journal, world }: Job,
  executionId: string,
  { how, why }: Pick<Stopping, 'how'> & { readonly why: string },
): Promise<Execution> => {
  const reason = signedReason(why, world.run);
  const execution = await stopExecution(around, { pipeline, executionId, how, reason });
  const { actions = [] } = journal.read().progress ?? {};
  const progress = { execution, actions, blocked: undefined, approval: undefined };
  journal.add({ progress, end: endOfStatus[execution.status] });
  if (execution.status === 'Stopping' || execution.status === 'Stopped')
    journal.did({ step: 'execution', action: 'stop', name: executionId });
  return execution;
};
