// A dry run: what would be done, told and planned; nothing but reads is sent.
import { lookAtExecution } from './look.ts';
import type { Job } from './policies.ts';
import { entriesBetween } from './progress.ts';
import type { Step } from './types.ts';

export const preview = async (job: Job): Promise<void> => {
  const { around, pipeline, policies, journal } = job;
  const { executionId } = policies;
  if (executionId !== undefined) {
    const progress = await lookAtExecution(around, { pipeline, executionId });
    journal.add({ executionId, progress });
    const scene = { application: around.application, pipeline: pipeline.pipeline, now: around.clock.now() };
    for (const entry of entriesBetween(undefined, progress, scene))
      if (entry.kind === 'line') around.log.info(entry.text);
  }
  for (const step of planned(job)) {
    journal.did(step);
    around.log.info(`dry run: would ${step.action} ${step.step} ${step.name}`);
  }
};

const planned = ({ policies, pipeline }: Job): readonly Step[] => {
  const { executionId, operation, rollbackStage, approval, wait } = policies;
  const answers = wait && (approval === 'approve' || approval === 'reject');
  return [
    executionId !== undefined
      ? { step: 'execution', action: 'follow', name: executionId }
      : operation === 'rollback' && rollbackStage !== undefined
        ? { step: 'stage', action: 'rollback', name: rollbackStage }
        : { step: 'execution', action: 'start', name: pipeline.pipeline },
    ...(answers ? [{ step: 'approval', action: approval, name: 'every manual approval' } as const] : []),
  ];
};
