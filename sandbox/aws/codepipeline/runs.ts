// One run of an action: begun, and ended by what it does, by an approver, or by being abandoned.
import { uuidOf } from '../services/codebuild.ts';
import { configurationOf, type SeededAction, type WorkEnd } from './definitions.ts';
import { type ActionRun, type ExecutionRecord, mainRevision, runningOf } from './records.ts';
import { changeExecution, type State } from './state.ts';
import { startWork } from './works.ts';

const idleMs = 3_000;

const standIn: NonNullable<SeededAction['work']> = async ({ sleep }) => {
  await sleep(idleMs);
  return { kind: 'succeeded' };
};

export const isApproval = ({ category }: SeededAction): boolean => category === 'Approval';

export const projectOf = (pipeline: string, action: SeededAction): string =>
  configurationOf(action).ProjectName ?? `${pipeline}-${action.name}`;

type Tool = {
  readonly externalId: string;
  readonly log: (line: string) => void;
  readonly end: (end: WorkEnd) => void;
};

/** What an action does its work with: a build, or nothing that the sandbox knows more of. */
const openTool = (
  state: State,
  { pipeline, revisions, ...execution }: ExecutionRecord,
  action: SeededAction,
): Tool => {
  if (action.provider !== 'CodeBuild') {
    const externalId = revisions.get(action.name) ?? uuidOf(state.cloud);
    const log = (): void => {
      throw new Error(`${action.name} is no CodeBuild action: it has no log`);
    };
    return { externalId, log, end: () => {} };
  }
  const build = state.codeBuild.start({
    project: projectOf(pipeline, action),
    logGroup: action.configuration?.logGroup,
    initiator: `codepipeline/${pipeline}`,
    sourceVersion: mainRevision({ ...execution, pipeline, revisions }),
  });
  return {
    externalId: build.id,
    log: build.log,
    end: ({ kind }) => build.end(kind === 'succeeded' ? 'SUCCEEDED' : 'FAILED'),
  };
};

type RunPlace = { readonly executionId: string; readonly runId: string };

/** Nothing happens to a run that is over: an abandoned action's work ends later than it. */
const changeRun = (state: State, { executionId, runId }: RunPlace, change: Partial<ActionRun>): void => {
  const isOurs = ({ id, status }: ActionRun): boolean => id === runId && status === 'InProgress';
  if (!state.executions.get(executionId)?.runs.some(isOurs)) return;
  const updatedAt = state.cloud.clock.now();
  changeExecution(state, executionId, ({ runs }) => ({
    runs: runs.map((run) => (isOurs(run) ? { ...run, ...change, updatedAt } : run)),
  }));
};

/** An approval's answer; `summary` is the approver's word. */
export const answerRun = (
  state: State,
  place: RunPlace,
  answer: {
    readonly status: 'Succeeded' | 'Failed';
    readonly summary: string | undefined;
    readonly by: string;
  },
): void => changeRun(state, place, { status: answer.status, summary: answer.summary, updatedBy: answer.by });

/** All that run at once: their works are told, and what they still do counts for nothing. */
export const abandonRuns = (state: State, execution: ExecutionRecord, by: string): void => {
  for (const { id } of runningOf(execution)) {
    changeRun(state, { executionId: execution.id, runId: id }, { status: 'Abandoned', updatedBy: by });
    state.aborts.get(id)?.abort();
  }
};

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const endRun = (state: State, executionId: string, runId: string) => (end: WorkEnd) => {
  state.aborts.delete(runId);
  changeRun(
    state,
    { executionId, runId },
    end.kind === 'succeeded'
      ? { status: 'Succeeded' }
      : { status: 'Failed', error: { code: end.code, message: end.message } },
  );
};

const recordRun = (
  state: State,
  execution: ExecutionRecord,
  { stage, action }: Task,
  externalId: string,
): ActionRun => {
  const now = state.cloud.clock.now();
  const before = execution.runs.filter((run) => run.stage === stage && run.action.name === action.name);
  const run: ActionRun = {
    id: uuidOf(state.cloud),
    order: state.nextOrder(),
    stage,
    action,
    attempt: before.length + 1,
    status: 'InProgress',
    startedAt: now,
    updatedAt: now,
    externalId,
    summary: undefined,
    error: undefined,
    updatedBy: undefined,
  };
  changeExecution(state, execution.id, ({ runs }) => ({ runs: [...runs, run] }));
  return run;
};

export type Task = { readonly stage: string; readonly action: SeededAction };

/** Begins an action; answers when what it does first rests. A manual approval only waits. */
export const beginRun = async (state: State, execution: ExecutionRecord, task: Task): Promise<void> => {
  const { action } = task;
  if (isApproval(action)) return void recordRun(state, execution, task, uuidOf(state.cloud));
  const tool = openTool(state, execution, action);
  const { id, attempt } = recordRun(state, execution, task, tool.externalId);
  const abort = new AbortController();
  state.aborts.set(id, abort);
  const settle = endRun(state, execution.id, id);
  await startWork(state.cloud.clock, action.work ?? standIn, {
    run: {
      executionId: execution.id,
      attempt,
      variables: execution.variables,
      revision: mainRevision(execution),
      log: tool.log,
      signal: abort.signal,
    },
    ended: (end) => {
      tool.end(end);
      settle(end);
    },
    broke: (error) => {
      state.bugs.push(asError(error));
      settle({ kind: 'failed', code: 'SandboxBug', message: asError(error).message });
    },
  });
};
