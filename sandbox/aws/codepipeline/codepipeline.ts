// CodePipeline, alive: executions go through their stages on the cloud's clock, in the order that their pipeline's mode
// says, and wait, fail, are stopped, retried, rolled back and superseded as AWS does it.
import type { Cloud, Operations } from '../cloud.ts';
import type { CodeBuild } from '../services/codebuild.ts';
import { listActionExecutions } from './action-reads.ts';
import { putApprovalResult } from './approvals.ts';
import { checkSeed, configurationOf, type SeededPipeline } from './definitions.ts';
import { getPipelineExecution, listPipelineExecutions } from './execution-reads.ts';
import { createWake, finish } from './movement.ts';
import { getPipeline, listPipelines } from './pipeline-reads.ts';
import { getPipelineState } from './pipeline-state.ts';
import { type ExecutionRecord, isLive } from './records.ts';
import { retryStageExecution } from './retries.ts';
import { rollbackStage } from './rollbacks.ts';
import { abandonRuns } from './runs.ts';
import { startPipelineExecution } from './starts.ts';
import { executionsOf, needPipeline, type State } from './state.ts';
import { stopPipelineExecution } from './stops.ts';
import { disableStageTransition, enableStageTransition, setTransition } from './transitions.ts';

export type CodePipeline = {
  readonly operations: Operations;
  /** Throws for a pipeline that AWS would not take, and for one that has run already. */
  readonly seedPipeline: (pipeline: SeededPipeline) => void;
  /** Into a stage, as somebody at the console does it. */
  readonly disableTransition: (pipeline: string, stage: string, reason: string) => void;
  readonly enableTransition: (pipeline: string, stage: string) => void;
  /** A new version of the same pipeline: what runs is cancelled. */
  readonly changeDefinition: (pipeline: string) => void;
  /** All of a pipeline's executions, oldest first, without lag. */
  readonly executions: (pipeline: string) => readonly ExecutionRecord[];
  readonly snapshot: () => object;
};

const operationsOf = (state: State) =>
  ({
    DisableStageTransition: disableStageTransition(state),
    EnableStageTransition: enableStageTransition(state),
    GetPipeline: getPipeline(state),
    GetPipelineExecution: getPipelineExecution(state),
    GetPipelineState: getPipelineState(state),
    ListActionExecutions: listActionExecutions(state),
    ListPipelineExecutions: listPipelineExecutions(state),
    ListPipelines: listPipelines(state),
    PutApprovalResult: putApprovalResult(state),
    RetryStageExecution: retryStageExecution(state),
    RollbackStage: rollbackStage(state),
    StartPipelineExecution: startPipelineExecution(state),
    StopPipelineExecution: stopPipelineExecution(state),
  }) satisfies Operations;

const throwBugs = ({ bugs }: State): void => {
  if (bugs[0]) throw bugs[0];
};

/** A bug in what an action does must not look like a failed deployment: nothing is answered any more. */
const guarded = (state: State, operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (input, call) => {
        throwBugs(state);
        return operation(input, call);
      },
    ]),
  );

const seedPipeline = (state: State, definition: SeededPipeline): void => {
  checkSeed(definition);
  if (executionsOf(state, definition.name).length > 0)
    throw new Error(`Pipeline ${definition.name} has run already: seed it before its first execution.`);
  const now = state.cloud.clock.now();
  const sources = definition.stages[0]?.actions ?? [];
  state.pipelines.set(definition.name, {
    definition,
    version: 1,
    createdAt: now,
    updatedAt: now,
    transitions: new Map(),
    heads: new Map(sources.map(({ name }) => [name, state.cloud.newId(40)])),
  });
};

const operator = (cloud: Cloud): string => `arn:aws:iam::${cloud.accountId}:user/operator`;

/** That what runs is Abandoned where its execution is Cancelled is from memory. */
const changeDefinition = (state: State, name: string): void => {
  const pipeline = needPipeline(state, name);
  const updatedAt = state.cloud.clock.now();
  state.pipelines.set(name, { ...pipeline, version: pipeline.version + 1, updatedAt });
  for (const execution of executionsOf(state, name).filter(isLive)) {
    abandonRuns(state, execution, operator(state.cloud));
    finish(state, execution.id, 'Cancelled');
  }
};

const takeSnapshot = ({ pipelines }: State): object =>
  [...pipelines.values()].map(({ definition }) => ({
    ...definition,
    stages: definition.stages.map(({ name, actions }) => ({
      name,
      actions: actions.map(({ work: _work, ...action }) => ({
        ...action,
        configuration: configurationOf(action),
      })),
    })),
  }));

const createState = (cloud: Cloud, codeBuild: Pick<CodeBuild, 'start'>): State => {
  let order = 0;
  const state: State = {
    cloud,
    codeBuild,
    pipelines: new Map(),
    executions: new Map(),
    tokens: new Map(),
    aborts: new Map(),
    nextOrder: () => order++,
    bugs: [],
    wake: createWake(() => state),
  };
  return state;
};

export const createCodePipeline = (cloud: Cloud, codeBuild: Pick<CodeBuild, 'start'>): CodePipeline => {
  const state = createState(cloud, codeBuild);
  const change = () => ({ by: operator(cloud), at: cloud.clock.now() });
  return {
    operations: guarded(state, operationsOf(state)),
    seedPipeline: (pipeline) => seedPipeline(state, pipeline),
    disableTransition: (pipeline, stage, reason) =>
      setTransition(state, { pipeline, stage }, { kind: 'disabled', ...change(), reason }),
    enableTransition: (pipeline, stage) =>
      setTransition(state, { pipeline, stage }, { kind: 'enabled', ...change() }),
    changeDefinition: (pipeline) => changeDefinition(state, pipeline),
    executions: (pipeline) => {
      throwBugs(state);
      return executionsOf(state, needPipeline(state, pipeline).definition.name);
    },
    snapshot: () => takeSnapshot(state),
  };
};
