// The ends of jobs that meet what was there before them: a re-run, a stage that was returned, an error half-way.
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import type { Given } from '../lab.ts';
import { type End, fails, later, name, type Room, type RoomOptions, takes } from './trigger-pipeline-kit.ts';
import { brokenDeploy, secondDeployFails, slowBuild } from './trigger-pipeline-scenes.ts';

const returning: Given = { 'rollback-stage': 'Deploy' };
const rollback: Given = { operation: 'rollback', ...returning };

/** As an earlier run of the workflow. */
const runBefore = (room: Room): Promise<Given> =>
  room.run({}, '1', { run: { ...room.world.run, id: '4000', attempt: '1' } });

const twice = async (room: Room, given: Given): Promise<Given> => {
  await room.run(given).catch(() => {});
  return room.run(given, '2');
};

const slowReturn = (): RoomOptions => {
  let runs = 0;
  const Deploy: Work = (run) =>
    ++runs === 2 ? fails('DeploymentFailed', 'no')(run) : takes(runs === 3 ? 20 * 60_000 : 1_000)(run);
  return { works: { Deploy } };
};

const overtake = (room: Room): void => {
  const { codepipeline } = room.sandbox.neighbours;
  codepipeline.disableTransition(name, 'Approval', 'freeze until noon');
  later(room, 60_000, room.startOther);
  later(room, 120_000, () => codepipeline.enableTransition(name, 'Approval'));
};

export const endsAgain: readonly End[] = [
  {
    title: 'A re-run after the stage was returned',
    modes: ['QUEUED'],
    room: secondDeployFails,
    given: returning,
    play: async (room, given) => {
      await runBefore(room);
      return twice(room, given);
    },
  },
  ...(['access-denied', 'StageNotRetryableException', 'ConflictException'] as const).map(
    (code): End => ({
      title: `A re-run whose retry is refused: ${code}`,
      modes: ['QUEUED'],
      room: brokenDeploy,
      play: (room, given) => {
        const effect =
          code === 'access-denied'
            ? ({ kind: code } as const)
            : ({ kind: 'error', code, message: 'says AWS' } as const);
        room.sandbox.faults.arm({ operation: 'RetryStageExecution', count: 99, effect });
        return twice(room, given);
      },
    }),
  ),
  {
    title: 'A re-run of operation: rollback',
    modes: ['QUEUED'],
    given: rollback,
    play: async (room, given) => {
      await runBefore(room);
      await room.run({}, '1', { run: { ...room.world.run, id: '4001', attempt: '1' } });
      return twice(room, given);
    },
  },
  {
    title: 'operation: rollback fails',
    modes: ['QUEUED'],
    room: () => {
      let runs = 0;
      const Deploy: Work = (run) =>
        ++runs < 3 ? takes(1_000)(run) : fails('DeploymentFailed', 'no longer')(run);
      return { works: { Deploy } };
    },
    given: rollback,
    play: async (room, given) => {
      await runBefore(room);
      await room.run({}, '1', { run: { ...room.world.run, id: '4001', attempt: '1' } });
      return room.run(given);
    },
  },
  {
    title: 'The job is cancelled while the stage is returned',
    modes: ['QUEUED'],
    room: slowReturn,
    given: returning,
    play: async (room, given) => {
      await runBefore(room);
      return room.runCancelled(400_000, given);
    },
  },
  {
    title: 'The job is cancelled while the newer execution is followed',
    modes: ['SUPERSEDED'],
    given: { approval: 'wait', 'on-superseded': 'follow' },
    meanwhile: overtake,
    play: (room, given) => room.runCancelled(400_000, given),
  },
  {
    title: 'Out of time with the newer execution',
    modes: ['SUPERSEDED'],
    given: {
      approval: 'wait',
      'on-superseded': 'follow',
      'timeout-minutes': '10',
      'on-timeout': 'stop',
    },
    meanwhile: overtake,
  },
  {
    title: 'A re-run after a cancelled job whose approval waited',
    modes: ['QUEUED'],
    given: { approval: 'wait' },
    play: async (room, given) => {
      await room.runCancelled(300_000, given).catch(() => {});
      await room.clock.sleep(60_000);
      return room.run(given, '2');
    },
  },
  {
    title: 'AWS denies a look half-way',
    modes: ['QUEUED'],
    room: slowBuild,
    meanwhile: (room) =>
      later(room, 60_000, () =>
        room.sandbox.faults.arm({
          operation: 'ListActionExecutions',
          count: 99,
          effect: { kind: 'access-denied' },
        }),
      ),
  },
];
