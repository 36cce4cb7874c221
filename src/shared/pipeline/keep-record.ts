// Writes what report-rollout reads: one file for each pipeline, of a failed release too.
import type { World } from '../world.ts';
import { statusOf } from './journal.ts';
import { executionUrl } from './links.ts';
import type { Job } from './policies.ts';
import type { ReleaseRecord } from './record.ts';
import { stagesOf } from './stages.ts';

/** Nothing is written where nothing was started. */
export const keepRecord = async (
  { around, pipeline, journal }: Job,
  path: string | undefined,
  files: World['files'],
): Promise<void> => {
  const entries = journal.read();
  const { executionId, progress } = entries;
  if (path === undefined || executionId === undefined) return;
  const { application } = around;
  const record: ReleaseRecord = {
    application: application.name,
    environment: application.environment.name,
    pipeline: pipeline.name,
    executionId,
    executionUrl: executionUrl(application, { pipeline: pipeline.pipeline, executionId }),
    status: statusOf(entries),
    stages: stagesOf(progress?.actions ?? []),
  };
  await files.write(path, `${JSON.stringify(record, undefined, 2)}\n`);
};
