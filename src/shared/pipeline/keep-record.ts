// Writes what report-rollout reads: one file for each pipeline, of a failed release too.
import { messageOf } from '../report.ts';
import type { World } from '../world.ts';
import { endOf } from './journal.ts';
import { executionUrl } from './links.ts';
import type { Job } from './policies.ts';
import type { ReleaseRecord } from './record.ts';
import { stagesOf } from './stages.ts';

/** Nothing is written where nothing was started. Never throws: the release's own end is what counts. */
export const keepRecord = async (
  { around, pipeline, journal }: Job,
  path: string | undefined,
  files: World['files'],
): Promise<void> => {
  const entries = journal.read();
  const { executionId, progress, followed } = entries;
  if (path === undefined || executionId === undefined) return;
  const { application } = around;
  const record: ReleaseRecord = {
    application: application.name,
    environment: application.environment.name,
    pipeline: pipeline.name,
    executionId,
    executionUrl: executionUrl(application, { pipeline: pipeline.pipeline, executionId }),
    end: endOf(entries),
    ...(followed ? { followed } : {}),
    stages: stagesOf(progress?.actions ?? []),
  };
  try {
    await files.write(path, `${JSON.stringify(record, undefined, 2)}\n`);
  } catch (error) {
    around.log.warning(
      `The record ${path} could not be written, and report-rollout will miss it: ${messageOf(error)}`,
    );
  }
};
