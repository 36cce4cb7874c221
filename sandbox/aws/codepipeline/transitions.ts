// DisableStageTransition and EnableStageTransition: who waits before a stage stays there until it is enabled again.
import type { DisableStageTransitionInput, EnableStageTransitionInput } from '@aws-sdk/client-codepipeline';
import { AwsError, type CallContext } from '../cloud.ts';
import type { PipelineRecord, Transition } from './records.ts';
import { needPipeline, needStage, type State } from './state.ts';

type Way = Pick<EnableStageTransitionInput, 'pipelineName' | 'stageName' | 'transitionType'>;

/** The way out of a stage is the way into the next; that the ends have none is from memory. */
const stageBehind = (pipeline: PipelineRecord, { stageName, transitionType }: Way): string => {
  const { stages } = pipeline.definition;
  const { name } = needStage(pipeline, stageName);
  const index = stages.findIndex((stage) => stage.name === name) + (transitionType === 'Outbound' ? 1 : 0);
  const found = index === 0 ? undefined : stages[index]?.name;
  if (found) return found;
  throw new AwsError('ValidationException', `Stage '${name}' has no ${transitionType} transition`);
};

export const setTransition = (
  state: State,
  { pipeline: name, stage }: { readonly pipeline: string; readonly stage: string },
  transition: Transition,
): void => {
  const pipeline = needPipeline(state, name);
  needStage(pipeline, stage);
  const transitions = new Map([...pipeline.transitions, [stage, transition]]);
  state.pipelines.set(name, { ...pipeline, transitions });
  state.wake(name);
};

export const disableStageTransition =
  (state: State) =>
  (input: DisableStageTransitionInput, { caller: by }: CallContext) => {
    const stage = stageBehind(needPipeline(state, input.pipelineName), input);
    const place = { pipeline: input.pipelineName ?? '', stage };
    setTransition(state, place, {
      kind: 'disabled',
      by,
      at: state.cloud.clock.now(),
      reason: input.reason ?? '',
    });
    return {};
  };

export const enableStageTransition =
  (state: State) =>
  (input: EnableStageTransitionInput, { caller: by }: CallContext) => {
    const stage = stageBehind(needPipeline(state, input.pipelineName), input);
    const place = { pipeline: input.pipelineName ?? '', stage };
    setTransition(state, place, { kind: 'enabled', by, at: state.cloud.clock.now() });
    return {};
  };
