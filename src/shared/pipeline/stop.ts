// Stops one execution: running actions end by themselves, nothing further begins. To abandon is to leave running actions
// behind, which is never done to a migration or a deployment. Works after the job was cancelled too: no pause is needed.
import { Failed, UnknownOutcome } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { messageOf } from '../report.ts';
import { isNamed } from '../resources/surroundings.ts';
import type { World } from '../world.ts';
import { isOver, listActionRuns, readExecution, whichOf } from './executions.ts';
import { executionUrl } from './links.ts';
import { stopCommand } from './places.ts';
import { shorten } from './shorten.ts';
import type { ActionRun, Execution } from './types.ts';

export type Stopping = {
  readonly pipeline: ApplicationPipeline;
  readonly executionId: string;
  readonly how: 'stop' | 'abandon';
  /** Cut to 200 characters; CodePipeline shows it. `signedReason` makes one. */
  readonly reason: string;
};

const longestReason = 200;

/** Why it was stopped, with the run and the person that CodePipeline's history is to name. */
export const signedReason = (why: string, { url, actor }: Pick<World['run'], 'url' | 'actor'>): string => {
  const who = actor ? ` (${actor})` : '';
  return shorten(`tenant-actions: ${why}${who}${url ? ` ${url}` : ''}`, longestReason);
};

/**
 * Answers the execution as it was seen last: stopping, or over, by this or before it. Throws Failed where AWS will not stop
 * it. `abandon` asks to stop first, so that no protected stage can begin between the look and the abandoning.
 */
export const stopExecution = async (around: ApplicationSurroundings, call: Stopping): Promise<Execution> => {
  const { log } = around;
  const first = await requestStop(around, call, false);
  if (isOver(first)) {
    log.info(`${nameOf(call)} is ${first.status}: there is nothing to stop`);
    return first;
  }
  log.info(
    `${nameOf(call)}: ${first.status === 'Stopping' ? 'stopping; running actions end first' : 'asked to stop; AWS does not show it yet'}`,
  );
  if (!(await mayAbandon(around, call))) return asStopping(first);
  const second = await requestStop(around, call, true);
  log.info(`${nameOf(call)}: what ran was abandoned; it is ${second.status}`);
  return asStopping(second);
};

/** AWS took the request, and shows it some seconds later. */
const asStopping = (execution: Execution): Execution =>
  execution.status === 'InProgress' ? { ...execution, status: 'Stopping' } : execution;

const nameOf = ({ pipeline, executionId }: Stopping): string =>
  `execution ${executionId} of ${pipeline.pipeline}`;

/** A just started execution may not be found, and so not be stoppable, for up to a minute. */
const mostLooks = 30;
/** After a cancel nothing can be waited for, and the post step looks again. */
const mostHurriedLooks = 3;

/** Asks until AWS has taken it, and looks until it shows; answers what was seen last. */
const requestStop = async (
  around: ApplicationSurroundings,
  call: Stopping,
  abandon: boolean,
): Promise<Execution> => {
  let asked: Asked = 'unknown';
  let seen: Execution | undefined;
  let hurried = 0;
  for (let looks = 1; looks <= mostLooks && hurried < mostHurriedLooks; looks++) {
    if (asked !== 'taken') asked = await askOnce(around, call, abandon);
    seen = await readExecution(around, whichOf(call));
    if (seen && isOver(seen)) return seen;
    if (asked === 'taken' && seen && (seen.status === 'Stopping' || looks >= 8)) return seen;
    if (!(await pause(around))) hurried++;
  }
  if (asked === 'taken' && seen) return seen;
  throw notStopped(around, call, seen);
};

type Asked = 'taken' | 'unknown' | 'refused' | 'busy';

/** Asking twice is harmless: AWS says that it was asked already. */
const askOnce = async (
  { aws }: ApplicationSurroundings,
  call: Stopping,
  abandon: boolean,
): Promise<Asked> => {
  try {
    await aws.codepipeline.stopPipelineExecution({
      pipelineName: call.pipeline.pipeline,
      pipelineExecutionId: call.executionId,
      abandon,
      reason: shorten(call.reason, longestReason),
    });
    return 'taken';
  } catch (error) {
    if (isNamed(error, 'DuplicatedStopRequestException')) return 'taken';
    if (error instanceof UnknownOutcome) return 'unknown';
    // Over meanwhile, or so young that AWS does not know it yet.
    if (isNamed(error, 'PipelineExecutionNotStoppableException')) return 'refused';
    if (isNamed(error, 'ConflictException')) return 'busy';
    throw error;
  }
};

/** Whether it slept: a cancelled clock rejects. */
const pause = async ({ clock }: ApplicationSurroundings): Promise<boolean> => {
  try {
    await clock.sleep(2_000);
    return true;
  } catch {
    return false;
  }
};

/**
 * Where it was asked for: only if what runs is known, and none of it is in a stage that is never abandoned. Where it was
 * not: only open approvals, in whatever stage, which have nothing half done and would keep the execution stopping until
 * somebody answers.
 */
const mayAbandon = async (around: ApplicationSurroundings, call: Stopping): Promise<boolean> => {
  const kept = new Set(call.pipeline.neverAbandon.map((stage) => stage.toLowerCase()));
  const runs = await listActionRuns(around, whichOf(call)).catch((error: unknown) =>
    messageOf(error, 'application'),
  );
  const running = typeof runs === 'string' ? [] : runs.filter(({ status }) => status === 'InProgress');
  const held = running.find(
    (run) => run.category !== 'Approval' && (kept.has(run.stage.toLowerCase()) || isHalfDone(run)),
  );
  if (running.length > 0 && !held)
    return call.how === 'abandon' || running.every(({ category }) => category === 'Approval');
  if (call.how === 'stop') return false;
  const why = held
    ? `${held.stage}/${held.action} runs, which is never left half done`
    : typeof runs === 'string'
      ? `what runs could not be read: ${runs}`
      : 'no action is seen to run';
  around.log.warning(`${nameOf(call)} is stopped, not abandoned: ${why}`);
  return false;
};

/** A migration or deployment under another name than the manifest's list has. */
const isHalfDone = ({ stage, action, category }: ActionRun): boolean =>
  category === 'Deploy' || /migrat/i.test(`${stage} ${action}`);

const notStopped = (
  { application }: ApplicationSurroundings,
  call: Stopping,
  seen: Execution | undefined,
): Failed =>
  new Failed(
    `${nameOf(call)} could not be stopped: AWS refused, and shows it as ${seen?.status ?? 'unknown'}.`,
    `Stop it in the console (${executionUrl(application, whichOf(call))}) or with: ${stopCommand(application, whichOf(call))}`,
  );
