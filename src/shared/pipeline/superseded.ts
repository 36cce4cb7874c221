// Which newer execution took the place of ours. AWS does not say; it is the one that first got as far as ours had got.
import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { listActionRuns, whichOf } from './executions.ts';
import type { ActionRun } from './types.ts';

export type Superseded = { readonly pipeline: ApplicationPipeline; readonly executionId: string };

const mostPages = 5;
const mostCandidates = 10;

/** The newer execution's id, undefined where it cannot be told. */
export const findSuperseding = async (
  around: ApplicationSurroundings,
  call: Superseded,
): Promise<string | undefined> => {
  const ours = await listActionRuns(around, whichOf(call));
  const newer = await listNewer(around, call);
  // It waited for the stage after this one, where the other overtook it.
  const stage = ours.at(-1)?.stage;
  const arrivals = await Promise.all(
    newer.map(async (id) => ({
      id,
      at: stage === undefined ? 0 : throughAt(await runsOf(around, call, id), stage),
    })),
  );
  return arrivals.filter(({ at }) => at !== undefined).toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))[0]?.id;
};

const runsOf = (
  around: ApplicationSurroundings,
  { pipeline }: Superseded,
  executionId: string,
): Promise<readonly ActionRun[]> => listActionRuns(around, whichOf({ pipeline, executionId }));

/** When it was through the stage, in milliseconds since the epoch; undefined where it did not get that far. */
const throughAt = (runs: readonly ActionRun[], stage: string): number | undefined => {
  const own = runs.filter((run) => run.stage === stage);
  const latest = new Map(own.map((run) => [run.action, run.status]));
  const isThrough = own.length > 0 && [...latest.values()].every((status) => status === 'Succeeded');
  return isThrough ? Math.max(...own.map(({ updatedAt }) => updatedAt)) : undefined;
};

/** Executions started after ours and before it was superseded, oldest first: only the earliest can be the one. */
const listNewer = async (
  { aws }: ApplicationSurroundings,
  { pipeline, executionId }: Superseded,
): Promise<readonly string[]> => {
  const seen: PipelineExecutionSummary[] = [];
  let pages = 0;
  for await (const page of aws.codepipeline.paginateListPipelineExecutions({
    pipelineName: pipeline.pipeline,
  })) {
    seen.push(...(page.pipelineExecutionSummaries ?? []));
    const at = seen.findIndex(({ pipelineExecutionId }) => pipelineExecutionId === executionId);
    if (at >= 0) return candidatesAmong(seen.slice(0, at), seen[at]?.lastUpdateTime);
    if (++pages >= mostPages) break;
  }
  return [];
};

const candidatesAmong = (
  newer: readonly PipelineExecutionSummary[],
  supersededAt: Date | undefined,
): readonly string[] =>
  newer
    .filter(
      ({ startTime, executionType }) =>
        executionType !== 'ROLLBACK' &&
        (supersededAt === undefined || startTime === undefined || startTime <= supersededAt),
    )
    .map(({ pipelineExecutionId = '' }) => pipelineExecutionId)
    .toReversed()
    .slice(0, mostCandidates);
