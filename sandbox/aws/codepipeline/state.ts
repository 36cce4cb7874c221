// The account's pipelines and executions: where they are kept, how they are found, and how one is changed.
import { AwsError, type Cloud } from '../cloud.ts';
import type { CodeBuild } from '../services/codebuild.ts';
import type { SeededStage } from './definitions.ts';
import type { ExecutionRecord, PipelineRecord } from './records.ts';

export type State = {
  readonly cloud: Cloud;
  readonly codeBuild: Pick<CodeBuild, 'start'>;
  readonly pipelines: Map<string, PipelineRecord>;
  /** By id, in the order of their starts. */
  readonly executions: Map<string, ExecutionRecord>;
  /** Execution ids by pipeline and client request token. */
  readonly tokens: Map<string, string>;
  /** Aborts what a running action does, by the run's id. */
  readonly aborts: Map<string, AbortController>;
  /** Everything that happens gets the next number: times alone do not order what falls into one millisecond. */
  readonly nextOrder: () => number;
  /** Errors thrown by an action's work. They are bugs of whoever seeded it: every later call answers with them. */
  readonly bugs: Error[];
  /** Moves a pipeline's executions on, a beat later. */
  readonly wake: (pipeline: string) => void;
};

/** Throws AwsError PipelineNotFoundException. */
export const needPipeline = ({ pipelines, cloud }: State, name = ''): PipelineRecord => {
  const found = pipelines.get(name);
  if (found) return found;
  throw new AwsError(
    'PipelineNotFoundException',
    `Account '${cloud.accountId}' does not have a pipeline with name '${name}'`,
  );
};

/** Throws AwsError StageNotFoundException. */
export const needStage = ({ definition }: PipelineRecord, name = ''): SeededStage => {
  const found = definition.stages.find((stage) => stage.name === name);
  if (found) return found;
  throw new AwsError(
    'StageNotFoundException',
    `Stage '${name}' was not found in pipeline '${definition.name}'`,
  );
};

/** Of one pipeline, oldest first. */
export const executionsOf = ({ executions }: State, pipeline: string): readonly ExecutionRecord[] =>
  [...executions.values()].filter((execution) => execution.pipeline === pipeline);

/** An execution that has just started is nowhere to be seen: AWS documents the error, the delay is from memory. */
const isVisible = ({ cloud }: State, { startedAt }: ExecutionRecord): boolean =>
  startedAt + cloud.settings.startLagMs <= cloud.clock.now();

export const visibleExecutions = (state: State, pipeline: string): readonly ExecutionRecord[] =>
  executionsOf(state, pipeline).filter((execution) => isVisible(state, execution));

export const findExecution = (
  state: State,
  pipeline: string,
  id: string | undefined,
): ExecutionRecord | undefined => visibleExecutions(state, pipeline).find((execution) => execution.id === id);

/** Throws AwsError PipelineExecutionNotFoundException, also for an execution that does not show yet. */
export const needExecution = (state: State, pipeline: string, id: string | undefined): ExecutionRecord => {
  const found = findExecution(state, pipeline, id);
  if (found) return found;
  throw new AwsError(
    'PipelineExecutionNotFoundException',
    `Execution id '${id}' of pipeline '${pipeline}' was not found`,
  );
};

/** Changes an execution and wakes its pipeline. */
export const changeExecution = (
  state: State,
  id: string,
  change: (execution: ExecutionRecord) => Partial<ExecutionRecord>,
): void => {
  const known = state.executions.get(id);
  if (!known) throw new Error(`There is no execution ${id}`);
  state.executions.set(id, { ...known, ...change(known), updatedAt: state.cloud.clock.now() });
  state.wake(known.pipeline);
};
