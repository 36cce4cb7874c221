// Returns a stage to what an earlier execution put there: a new execution, of type ROLLBACK. Whether the pipeline can do that
// at all was checked with the request; a lost answer is looked into, for asking again would roll back twice.
import { Failed, UnknownOutcome } from '../errors.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import { seek } from '../wait.ts';
import { pipelineUrl } from './links.ts';
import { foreign } from './progress.ts';
import { checkPresent, findTarget, type RollingBack } from './rollback-target.ts';

export type RolledBack = {
  /** The execution that does it; to be followed like any other. */
  readonly executionId: string;
  readonly target: string;
};

const mostTries = 4;

/** Returns once AWS has started it. Throws Failed where it cannot work, and where AWS will not. */
export const rollbackStage = async (
  around: ApplicationSurroundings,
  call: RollingBack,
): Promise<RolledBack> => {
  const { from } = call;
  if (from !== undefined) await checkPresent(around, { ...call, from });
  const target = call.target ?? (await findTarget(around, call));
  warnOfMigration(around, call);
  const executionId = await askForRollback(around, call, target);
  around.log.info(
    `stage ${call.stage} of ${call.pipeline.pipeline} returns to execution ${target}: execution ${executionId} does it`,
  );
  return { executionId, target };
};

const warnOfMigration = (
  { log }: ApplicationSurroundings,
  { pipeline, stage, definition }: RollingBack,
): void => {
  const { stages = [] } = definition ?? {};
  const migrates = stages.slice(0, stages.indexOf(stage)).find((name) => /migrat/i.test(name));
  if (migrates === undefined && pipeline.migration === 'none') return;
  const by = migrates === undefined ? 'the release' : `stage ${migrates}`;
  log.warning(
    `Rolling back ${stage} does not undo what ${by} did to the database: the older program meets the newer schema. Where it cannot, undo the migration yourself (php artisan migrate:rollback).`,
  );
};

const askForRollback = async (
  around: ApplicationSurroundings,
  call: RollingBack,
  target: string,
): Promise<string> => {
  const before = new Set(await listRollbacks(around, call, target));
  for (let attempt = 1; ; attempt++) {
    const answer = await askOnce(around, call, target);
    if (answer.kind === 'taken') return answer.executionId;
    const lost = answer.refusal instanceof UnknownOutcome;
    const begun =
      lost || attempt > 1
        ? await seek(
            async () => (await listRollbacks(around, call, target)).find((id) => !before.has(id)),
            around.clock,
          )
        : undefined;
    if (begun !== undefined) return begun;
    const again = lost || isNamed(answer.refusal, 'ConflictException');
    if (!again || attempt >= mostTries) throw explain(around, { ...call, target }, answer.refusal);
    await around.clock.sleep(5_000);
  }
};

type Answer =
  | { readonly kind: 'taken'; readonly executionId: string }
  | { readonly kind: 'refused'; readonly refusal: Error };

const askOnce = async (
  { aws }: ApplicationSurroundings,
  { pipeline, stage }: RollingBack,
  target: string,
): Promise<Answer> => {
  try {
    const { pipelineExecutionId = '' } = await aws.codepipeline.rollbackStage({
      pipelineName: pipeline.pipeline,
      stageName: stage,
      targetPipelineExecutionId: target,
    });
    return { kind: 'taken', executionId: pipelineExecutionId };
  } catch (error) {
    if (error instanceof UnknownOutcome || isNamed(error, ...Object.keys(refusals)))
      return { kind: 'refused', refusal: error as Error };
    throw error;
  }
};

/** Executions among the newest hundred that return to `target`. */
const listRollbacks = async (
  { aws }: ApplicationSurroundings,
  { pipeline }: RollingBack,
  target: string,
): Promise<readonly string[]> => {
  const { pipelineExecutionSummaries = [] } = await aws.codepipeline.listPipelineExecutions({
    pipelineName: pipeline.pipeline,
    maxResults: 100,
  });
  return pipelineExecutionSummaries
    .filter(({ rollbackMetadata }) => rollbackMetadata?.rollbackTargetPipelineExecutionId === target)
    .map(({ pipelineExecutionId = '' }) => pipelineExecutionId);
};

const older = 'Release the older revision anew (source-revisions), or name another target-execution-id.';

const refusals: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  PipelineExecutionOutdatedException: [
    'the pipeline was changed since that execution ran, and AWS returns only to executions of the present definition',
    older,
  ],
  UnableToRollbackStageException: [
    'the stage is running just now, or that execution is itself a rollback, did not succeed in this stage, or ran under another definition of the pipeline',
    `Wait until nothing runs in the stage and run again. ${older}`,
  ],
  PipelineExecutionNotFoundException: ['the pipeline has no such execution', 'Correct target-execution-id.'],
  StageNotFoundException: ['the pipeline has no such stage', 'Correct rollback-stage.'],
  PipelineNotFoundException: [
    'there is no such pipeline in this account and region',
    "Correct the pipeline's name in the application's manifest, or its accountId and region.",
  ],
  ConflictException: [
    'the pipeline is busy with other executions, four times in a row',
    'Run this job again in some minutes.',
  ],
};

const explain = (
  { application }: ApplicationSurroundings,
  { pipeline, stage, target }: RollingBack,
  refusal: Error,
): Failed => {
  const [why, fix] = refusals[refusal.name] ?? [
    'AWS did not answer, and no rollback began',
    'Run this job again.',
  ];
  return new Failed(
    `stage ${stage} of ${pipeline.pipeline} was not returned to execution ${target}: ${why}.`,
    fix,
    [foreign(`${refusal.name}: ${refusal.message}`), pipelineUrl(application, pipeline.pipeline)],
  );
};
