// StartPipelineExecution: what may be overridden, and a client token that starts nothing twice.
import type {
  PipelineVariable,
  SourceRevisionOverride,
  StartPipelineExecutionInput,
} from '@aws-sdk/client-codepipeline';
import { AwsError, type CallContext } from '../cloud.ts';
import { uuidOf } from '../services/codebuild.ts';
import type { SeededAction, SeededPipeline } from './definitions.ts';
import { admit } from './movement.ts';
import { type ExecutionRecord, isLive, type PipelineRecord } from './records.ts';
import { executionsOf, needPipeline, type State } from './state.ts';

/** AWS's quota for QUEUED and PARALLEL pipelines; from memory. */
const mostConcurrent = 50;

// The wording of these refusals is from memory; that each is a ValidationException follows from the operation's model.
const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

const sourcesOf = ({ stages }: SeededPipeline): readonly SeededAction[] => stages[0]?.actions ?? [];

const revisionTypes: Readonly<Record<string, readonly string[]>> = {
  ECR: ['IMAGE_DIGEST'],
  S3: ['S3_OBJECT_VERSION_ID', 'S3_OBJECT_KEY'],
};

const checkRevision = (
  definition: SeededPipeline,
  { actionName, revisionType }: SourceRevisionOverride,
): void => {
  const source = sourcesOf(definition).find(({ name }) => name === actionName);
  if (!source)
    throw invalid(
      `Source revision override: pipeline '${definition.name}' has no source action '${actionName}'`,
    );
  if (!(revisionTypes[source.provider] ?? ['COMMIT_ID']).includes(revisionType ?? ''))
    throw invalid(
      `Source revision override: revision type ${revisionType} does not fit source action '${actionName}' of provider ${source.provider}`,
    );
};

const checkRevisions = (definition: SeededPipeline, overrides: readonly SourceRevisionOverride[]): void => {
  if (overrides.length > 0 && definition.type === 'V1')
    throw invalid(`Source revision overrides are not supported for V1 pipeline '${definition.name}'`);
  const names = overrides.map(({ actionName }) => actionName);
  if (new Set(names).size < names.length) throw invalid('Source revision override: an action is named twice');
  for (const override of overrides) checkRevision(definition, override);
};

const resolveVariables = (
  { name, type, variables = [] }: SeededPipeline,
  given: readonly PipelineVariable[],
): Readonly<Record<string, string>> => {
  if (given.length > 0 && type === 'V1')
    throw invalid(`Pipeline variables are not supported for V1 pipeline '${name}'`);
  const undeclared = given.filter((one) => !variables.some((declared) => declared.name === one.name));
  if (undeclared.length > 0)
    throw invalid(
      `Pipeline '${name}' does not declare these variables: ${undeclared.map((one) => one.name).join(', ')}`,
    );
  const resolved = variables.map((declared): [string, string | undefined] => [
    declared.name,
    given.find((one) => one.name === declared.name)?.value ?? declared.defaultValue,
  ]);
  const missing = resolved.filter(([, value]) => value === undefined).map(([key]) => key);
  if (missing.length > 0)
    throw invalid(`Pipeline '${name}' needs values for these variables: ${missing.join(', ')}`);
  return Object.fromEntries(resolved.map(([key, value]) => [key, value ?? '']));
};

/** Throws AwsError ConcurrentPipelineExecutionsLimitExceededException. */
export const checkConcurrency = (state: State, { definition }: PipelineRecord): void => {
  if (definition.mode === 'SUPERSEDED') return;
  if (executionsOf(state, definition.name).filter(isLive).length < mostConcurrent) return;
  throw new AwsError(
    'ConcurrentPipelineExecutionsLimitExceededException',
    `Pipeline '${definition.name}' has reached the limit of ${mostConcurrent} concurrent executions`,
  );
};

export type NewExecution = Pick<ExecutionRecord, 'kind' | 'variables' | 'revisions' | 'startedBy'>;

/** A new execution in or before the stage that it begins with; answers its id. */
export const addExecution = (state: State, pipeline: PipelineRecord, given: NewExecution): string => {
  const { definition, version } = pipeline;
  const now = state.cloud.clock.now();
  const order = state.nextOrder();
  const stage = given.kind.type === 'ROLLBACK' ? given.kind.stage : (definition.stages[0]?.name ?? '');
  const execution: ExecutionRecord = {
    ...given,
    id: uuidOf(state.cloud),
    pipeline: definition.name,
    version,
    order,
    mode: definition.mode,
    status: 'InProgress',
    startedAt: now,
    updatedAt: now,
    stopReason: undefined,
    place: { kind: 'waiting', stage, order },
    visits: [],
    runs: [],
    latestFrom: 0,
  };
  state.executions.set(execution.id, execution);
  // At once, so that the next start waits behind it and does not supersede it.
  admit(state, pipeline, stage);
  state.wake(definition.name);
  return execution.id;
};

const start = (state: State, input: StartPipelineExecutionInput, caller: string): string => {
  const pipeline = needPipeline(state, input.name);
  const { definition, heads } = pipeline;
  const overrides = input.sourceRevisions ?? [];
  checkRevisions(definition, overrides);
  const variables = resolveVariables(definition, input.variables ?? []);
  checkConcurrency(state, pipeline);
  const revisions = new Map([
    ...heads,
    ...overrides.map(({ actionName = '', revisionValue = '' }) => [actionName, revisionValue] as const),
  ]);
  return addExecution(state, pipeline, {
    kind: { type: 'STANDARD' },
    variables,
    revisions,
    startedBy: caller,
  });
};

/** The same token answers the same execution, whatever else the request says: that AWS compares no more is from memory. */
export const startPipelineExecution =
  (state: State) =>
  (input: StartPipelineExecutionInput, { caller }: CallContext) => {
    const key = input.clientRequestToken && `${input.name} ${input.clientRequestToken}`;
    const pipelineExecutionId = (key && state.tokens.get(key)) || start(state, input, caller);
    if (key) state.tokens.set(key, pipelineExecutionId);
    return { pipelineExecutionId };
  };
