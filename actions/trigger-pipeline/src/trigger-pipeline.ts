// Starts one execution of an application's pipeline, once for all attempts of a job, follows that one and no other to its
// end, and says there what to do. A cancelled job stops what it started, here and again in the post step.
import { Cancelled } from '../../../src/shared/errors.ts';
import type { ApplicationPipeline } from '../../../src/shared/fleet/application.ts';
import { pipelineOf } from '../../../src/shared/fleet/applications.ts';
import {
  camel,
  either,
  flag,
  type Inputs,
  matching,
  name,
  number,
  type Outputs,
  oneOf,
  optional,
  type Parser,
  roleArn,
  text,
} from '../../../src/shared/inputs.ts';
import { stopOnCancel } from '../../../src/shared/pipeline/cancel.ts';
import { checkRequest } from '../../../src/shared/pipeline/check.ts';
import { finishCancelled } from '../../../src/shared/pipeline/finish.ts';
import { goingOn } from '../../../src/shared/pipeline/going-on.ts';
import { openJournal, statusOf } from '../../../src/shared/pipeline/journal.ts';
import { keepRecord } from '../../../src/shared/pipeline/keep-record.ts';
import { executionUrl } from '../../../src/shared/pipeline/links.ts';
import { checkPolicies, type Job } from '../../../src/shared/pipeline/policies.ts';
import { preview } from '../../../src/shared/pipeline/preview.ts';
import { release } from '../../../src/shared/pipeline/release.ts';
import { sourceRevisions, variables } from '../../../src/shared/pipeline/request.ts';
import { remembered } from '../../../src/shared/pipeline/state.ts';
import { summaryOf } from '../../../src/shared/pipeline/summary.ts';
import type { Step } from '../../../src/shared/pipeline/types.ts';
import { prepareApplication } from '../../../src/shared/prepare-application.ts';
import type { World } from '../../../src/shared/world.ts';

export const title = 'Release through CodePipeline';

const executionId = matching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  "an execution's id, as an earlier job's output execution-id",
);
const stage = matching(/^[A-Za-z0-9.@_-]{1,100}$/, "a stage's name, as in the pipeline");

const upToFive: Parser<number> = (given) =>
  /^[0-5]$/.test(given)
    ? { kind: 'value', value: Number(given) }
    : { kind: 'problem', what: `is '${given}'.`, fix: 'Write on-rerun, or a whole number from 0 to 5.' };

export const inputs = {
  fleet: text,
  environment: name,
  application: name,
  pipeline: name,
  'role-to-assume': optional(roleArn),
  'dry-run': flag,
  'timeout-minutes': number('minutes', [0.1, 360]),
  operation: oneOf('release', 'rollback'),
  'execution-id': optional(executionId),
  'start-again': flag,
  variables,
  'source-revisions': sourceRevisions,
  wait: flag,
  approval: oneOf('wait', 'approve', 'reject', 'fail'),
  'approval-summary': optional(matching(/^[\s\S]{1,512}$/, 'at most 512 characters')),
  'on-superseded': oneOf('fail', 'neutral', 'follow'),
  'on-timeout': oneOf('leave', 'stop'),
  'on-cancel': oneOf('stop', 'abandon', 'leave'),
  'retry-failed-stage': either(oneOf('on-rerun'), upToFive),
  'retry-mode': oneOf('failed-actions', 'all-actions'),
  'rollback-stage': optional(stage),
  'target-execution-id': optional(executionId),
  record: optional(text),
} as const;

export const outputs = [
  'changed',
  'plan',
  'summary',
  'execution-id',
  'execution-url',
  'status',
  'failed-stage',
  'failed-action',
  'followed-execution-id',
  'rollback-execution-id',
] as const;

type Given = Inputs<typeof inputs>;
type Told = Outputs<typeof outputs>;

export const run = async (given: Given, world: World): Promise<Told> => {
  checkPolicies(given);
  const around = await prepareApplication(given, world, 'release');
  const pipeline = pipelineOf(around.application, given.pipeline);
  const starts = given.operation === 'release' && given.executionId === undefined;
  const { definition, sourceRevisions } = await checkRequest(around, pipeline, { ...given, starts });
  const job: Job = { around, world, pipeline, policies: given, definition, journal: openJournal() };
  if (given.dryRun) {
    await preview(job);
    return outputsOf(job, { isDry: true });
  }
  try {
    await release(job, sourceRevisions);
  } catch (error) {
    const ending = error instanceof Cancelled ? await stopOnCancel(job, error) : goingOn(job, error);
    if (!(error instanceof Cancelled)) world.remember(remembered.ended, 'true');
    await keepRecord(job, given.record, world.files);
    // What a failed step put out before is all that later steps get of it.
    const told = outputsOf(job, { isDry: false });
    for (const output of outputs) world.output(output, told[camel(output) as keyof Told]);
    throw ending;
  }
  world.remember(remembered.ended, 'true');
  await keepRecord(job, given.record, world.files);
  return outputsOf(job, { isDry: false });
};

const outputsOf = (job: Job, { isDry }: { readonly isDry: boolean }): Told => {
  const { around, pipeline, journal } = job;
  const entries = journal.read();
  const { executionId, progress, steps, notes } = entries;
  const { application } = around;
  const status = statusOf(entries);
  const which = { pipeline: pipeline.pipeline, executionId: executionId ?? '' };
  return {
    changed: String(!isDry && steps.some(({ action }) => action !== 'follow')),
    plan: JSON.stringify(steps),
    summary: executionId
      ? summaryOf({ application, ...which, status, progress, notes, now: around.clock.now() })
      : planned(pipeline, steps),
    executionId: which.executionId,
    executionUrl: executionId ? executionUrl(application, which) : '',
    status: status === 'TimedOut' ? 'InProgress' : status,
    failedStage: entries.failedStage,
    failedAction: entries.failedAction,
    followedExecutionId: entries.followed?.executionId ?? '',
    rollbackExecutionId: entries.rollbackExecutionId,
  };
};

const planned = ({ pipeline }: ApplicationPipeline, steps: readonly Step[]): string =>
  `## 🔎 ${pipeline}\n\n${steps.map(({ action, step, name }) => `- would ${action} ${step} \`${name}\``).join('\n')}\n`;

export const post = finishCancelled;
