// Every way in which following an execution can end, each as a scene that a room is played through.

import { endsAgain } from './trigger-pipeline-ends-again.ts';
import { type End, fails, later, type Mode, name, takes } from './trigger-pipeline-kit.ts';
import {
  answer,
  answerAny,
  brokenBuild,
  brokenDeploy,
  ours,
  secondDeployFails,
  slowBuild,
} from './trigger-pipeline-scenes.ts';

const all: readonly Mode[] = ['SUPERSEDED', 'QUEUED', 'PARALLEL'];
const serial: readonly Mode[] = ['SUPERSEDED', 'QUEUED'];

const simple: readonly End[] = [
  { title: 'Succeeded', modes: all },
  {
    title: 'Build fails',
    modes: all,
    room: brokenBuild,
  },
  {
    title: 'Source fails',
    modes: ['QUEUED'],
    room: () => ({
      works: { Source: fails('ConnectionError', 'Unable to use Connection: it is in state PENDING.') },
    }),
  },
  {
    title: 'Migrate fails',
    modes: all,
    room: () => ({ works: { Migrate: fails('JobFailed', 'Build terminated with state: FAILED') } }),
  },
  { title: 'Deploy fails', modes: all, room: brokenDeploy },
  {
    title: 'Deploy fails, and fails again when retried',
    modes: ['QUEUED'],
    room: brokenDeploy,
    given: { 'retry-failed-stage': '1' },
  },
  {
    title: 'Deploy fails, and fails again when a re-run of the job retries it',
    modes: ['QUEUED'],
    room: brokenDeploy,
    play: async (room, given) => {
      await room.run(given).catch(() => {});
      return room.run(given, '2');
    },
  },
  {
    title: 'Deploy fails, and a re-run of the job only follows it',
    modes: ['QUEUED'],
    room: brokenDeploy,
    given: { 'retry-failed-stage': '0' },
    play: async (room, given) => {
      await room.run(given).catch(() => {});
      return room.run(given, '2');
    },
  },
  {
    title: 'Deploy fails, and the stage is returned',
    modes: serial,
    room: secondDeployFails,
    given: { 'rollback-stage': 'Deploy' },
    play: async (room, given) => {
      await room.run({});
      return room.run({ ...given, 'start-again': 'true' }, '2');
    },
  },
  {
    title: 'Deploy fails, and there is nothing to return to',
    modes: ['QUEUED'],
    room: brokenDeploy,
    given: { 'rollback-stage': 'Deploy' },
  },
  {
    title: 'Somebody rejects the approval',
    modes: all,
    given: { approval: 'wait' },
    meanwhile: (room) => later(room, 120_000, () => answer(room, 'Rejected', 'not before the weekend')),
  },
  { title: 'approval: reject', modes: all, given: { approval: 'reject' } },
  { title: 'approval: fail', modes: all, given: { approval: 'fail' } },
  {
    title: 'Nobody answers the approval in time',
    modes: all,
    given: { approval: 'wait', 'timeout-minutes': '30' },
  },
  {
    title: 'Somebody stops it',
    modes: all,
    room: slowBuild,
    meanwhile: (room) =>
      later(room, 60_000, () =>
        room.byHand.stopPipelineExecution({
          pipelineName: name,
          pipelineExecutionId: ours(room),
          reason: 'wrong branch',
        }),
      ),
  },
  {
    title: 'Somebody stops it and abandons what runs',
    modes: all,
    room: slowBuild,
    meanwhile: (room) =>
      later(room, 60_000, () =>
        room.byHand.stopPipelineExecution({
          pipelineName: name,
          pipelineExecutionId: ours(room),
          abandon: true,
        }),
      ),
  },
  {
    title: "The pipeline's definition is changed",
    modes: all,
    room: slowBuild,
    meanwhile: (room) =>
      later(room, 60_000, () => room.sandbox.neighbours.codepipeline.changeDefinition(name)),
  },
  ...(['fail', 'neutral', 'follow'] as const).map(
    (policy): End => ({
      title: `A newer execution takes over, on-superseded: ${policy}`,
      modes: ['SUPERSEDED'],
      given: { approval: 'wait', 'on-superseded': policy },
      meanwhile: (room) => {
        // Ours waits behind the transition; a newer one comes, and the transition opens.
        room.sandbox.neighbours.codepipeline.disableTransition(name, 'Approval', 'freeze until noon');
        later(room, 60_000, room.startOther);
        later(room, 120_000, () => room.sandbox.neighbours.codepipeline.enableTransition(name, 'Approval'));
        later(room, 240_000, () => answerAny(room));
      },
    }),
  ),
  {
    title: 'Out of time, on-timeout: leave',
    modes: all,
    room: slowBuild,
    given: { 'timeout-minutes': '10' },
  },
  {
    title: 'Out of time, on-timeout: stop',
    modes: all,
    room: slowBuild,
    given: { 'timeout-minutes': '10', 'on-timeout': 'stop' },
  },
  {
    title: 'Out of time behind another execution',
    modes: ['QUEUED'],
    room: () => ({ works: { Source: takes(60 * 60_000) } }),
    given: { 'timeout-minutes': '10' },
    play: async (room, given) => {
      await room.startOther();
      await room.clock.sleep(5_000);
      return room.run(given);
    },
  },
  {
    title: 'Out of time before a disabled transition',
    modes: serial,
    given: { 'timeout-minutes': '10' },
    meanwhile: (room) =>
      room.sandbox.neighbours.codepipeline.disableTransition(name, 'Build', 'freeze until Monday'),
  },
  ...(['stop', 'abandon', 'leave'] as const).map(
    (policy): End => ({
      title: `The job is cancelled, on-cancel: ${policy}`,
      modes: all,
      room: slowBuild,
      given: { 'on-cancel': policy },
      play: (room, given) => room.runCancelled(60_000, given),
    }),
  ),
  {
    title: 'There is no such execution',
    modes: ['QUEUED'],
    given: { 'execution-id': '00000000-0000-4000-8000-000000000000' },
  },
  {
    title: 'There is no such pipeline',
    modes: ['QUEUED'],
    given: { pipeline: 'hq' },
  },
  {
    title: 'As many executions run as may',
    modes: ['PARALLEL'],
    given: { 'timeout-minutes': '10' },
    play: async (room, given) => {
      for (let at = 0; at < 50; at++) await room.startOther();
      return room.run(given);
    },
  },
  {
    title: 'The pipeline stays busy',
    modes: ['QUEUED'],
    given: { 'timeout-minutes': '2' },
    meanwhile: ({ sandbox }) =>
      void sandbox.faults.arm({
        operation: 'StartPipelineExecution',
        count: 1_000,
        effect: { kind: 'error', code: 'ConflictException', message: 'The pipeline is busy.' },
      }),
  },
  {
    title: 'The start is never answered',
    modes: ['QUEUED'],
    meanwhile: ({ sandbox }) =>
      void sandbox.faults.arm({
        operation: 'StartPipelineExecution',
        count: 1_000,
        effect: { kind: 'lose' },
      }),
  },
];

export const ends: readonly End[] = [...simple, ...endsAgain];
