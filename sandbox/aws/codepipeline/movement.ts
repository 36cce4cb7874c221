// How executions move: from entry to entry, one at a time through a stage unless the pipeline is PARALLEL, action after
// action within it. Nothing moves at once: each change wakes the pipeline, which looks at all its executions a beat later.
import { runOrderOf, type SeededAction, type SeededStage } from './definitions.ts';
import {
  type ExecutionRecord,
  isInside,
  isLive,
  isWaitingAt,
  type PipelineRecord,
  runningOf,
  type StageStatus,
  type StageVisit,
  visitOf,
} from './records.ts';
import { beginRun } from './runs.ts';
import { changeExecution, executionsOf, needPipeline, needStage, type State } from './state.ts';

/** From one step of an execution to the next. AWS takes about as long; from memory. */
export const beatMs = 1_000;

type Standing =
  | { readonly kind: 'failed' | 'done' }
  | { readonly kind: 'next'; readonly actions: readonly SeededAction[] };

const standingOf = ({ runs }: ExecutionRecord, visit: StageVisit, { actions }: SeededStage): Standing => {
  const own = runs.slice(visit.from);
  const statusOf = ({ name }: SeededAction) =>
    own.findLast((run) => run.action.name === name)?.status ??
    (visit.kept.includes(name) ? 'Succeeded' : undefined);
  if (actions.some((action) => ['Failed', 'Abandoned'].includes(statusOf(action) ?? '')))
    return { kind: 'failed' };
  const open = actions.filter((action) => statusOf(action) === undefined);
  const turn = Math.min(...open.map(runOrderOf));
  return open.length === 0
    ? { kind: 'done' }
    : { kind: 'next', actions: open.filter((action) => runOrderOf(action) === turn) };
};

const withVisit = (
  { visits }: ExecutionRecord,
  stage: string,
  status: StageStatus,
): Pick<ExecutionRecord, 'visits'> => ({
  visits: visits.map((visit) => (visit.stage === stage ? { ...visit, status } : visit)),
});

/** Ends an execution where it is. A stage that it is in ends with it. */
export const finish = (
  state: State,
  id: string,
  status: 'Succeeded' | 'Failed' | 'Stopped' | 'Superseded' | 'Cancelled',
): void =>
  changeExecution(state, id, (execution) => ({
    status,
    place: { kind: 'over' },
    ...(execution.place.kind === 'inside' && status !== 'Superseded'
      ? withVisit(execution, execution.place.stage, status)
      : {}),
  }));

const leaveStage = (
  state: State,
  pipeline: PipelineRecord,
  execution: ExecutionRecord,
  stage: string,
): void => {
  const { stages } = pipeline.definition;
  const next = stages[stages.findIndex(({ name }) => name === stage) + 1];
  // A rollback repeats one stage and goes no further.
  if (!next || execution.kind.type === 'ROLLBACK') {
    finish(state, execution.id, 'Succeeded');
    return;
  }
  changeExecution(state, execution.id, (known) => ({
    ...withVisit(known, stage, 'Succeeded'),
    place: { kind: 'waiting', stage: next.name, order: state.nextOrder() },
  }));
};

/** One step of one execution; answers what has begun. */
const step = (
  state: State,
  pipeline: PipelineRecord,
  execution: ExecutionRecord,
): readonly Promise<void>[] => {
  const { id, place, status } = execution;
  if (runningOf(execution).length > 0) return [];
  if (status === 'Stopping') {
    finish(state, id, 'Stopped');
    return [];
  }
  const visit = place.kind === 'inside' ? visitOf(execution, place.stage) : undefined;
  if (!visit) return [];
  const standing = standingOf(execution, visit, needStage(pipeline, visit.stage));
  if (standing.kind === 'failed') finish(state, id, 'Failed');
  if (standing.kind === 'done') leaveStage(state, pipeline, execution, visit.stage);
  if (standing.kind !== 'next') return [];
  return standing.actions.map((action) =>
    beginRun(state, state.executions.get(id) ?? execution, { stage: visit.stage, action }),
  );
};

const enterStage = (state: State, id: string, stage: string): void =>
  changeExecution(state, id, ({ visits, runs }) => ({
    place: { kind: 'inside', stage },
    visits: [
      ...visits,
      { stage, order: state.nextOrder(), status: 'InProgress', from: runs.length, kept: [], retries: 0 },
    ],
  }));

/** Lets in who waits before a stage. Only here is an execution superseded: by a newer one that waits as well. */
export const admit = (state: State, { definition, transitions }: PipelineRecord, stage: string): void => {
  const all = executionsOf(state, definition.name).filter(isLive);
  const waiting = all.filter((execution) => isWaitingAt(execution, stage));
  const isNewest = (execution: ExecutionRecord): boolean => execution === waiting.at(-1);
  const staying = definition.mode === 'SUPERSEDED' ? waiting.filter(isNewest) : waiting;
  for (const { id } of waiting.filter((execution) => !staying.includes(execution)))
    finish(state, id, 'Superseded');
  if (transitions.get(stage)?.kind === 'disabled') return;
  const isFree = !all.some((execution) => isInside(execution, stage));
  if (definition.mode === 'PARALLEL') for (const { id } of staying) enterStage(state, id, stage);
  else if (isFree && staying[0]) enterStage(state, staying[0].id, stage);
};

/** Looks at all executions of a pipeline once; answers when what began in it rests. */
const look = async (state: State, name: string): Promise<void> => {
  const pipeline = needPipeline(state, name);
  const begun = executionsOf(state, name)
    .filter(isLive)
    .flatMap((execution) => step(state, pipeline, execution));
  for (const stage of pipeline.definition.stages) admit(state, pipeline, stage.name);
  await Promise.all(begun);
};

/** However much changes, a pipeline has one look ahead of it. */
export const createWake = (state: () => State): State['wake'] => {
  const due = new Set<string>();
  return (pipeline) => {
    if (due.has(pipeline)) return;
    due.add(pipeline);
    state().cloud.clock.after(beatMs, () => {
      due.delete(pipeline);
      return look(state(), pipeline);
    });
  };
};
