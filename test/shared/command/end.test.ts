// What a task's end means, from how ECS shows it.
import type { Container, Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { readEnd } from '../../../src/shared/command/end.ts';

const definitions = [
  { name: 'api' },
  { name: 'router', essential: true },
  { name: 'extra', essential: false },
];

const endOf = (task: Partial<Task>, own: Partial<Container>, others: readonly Container[] = []) =>
  readEnd(
    {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      ...task,
      containers: [{ name: 'api', ...own }, ...others],
    },
    'api',
    definitions,
  );

describe('readEnd', () => {
  test.each([
    ['well', endOf({}, { exitCode: 0 }), { kind: 'exited', exitCode: 0 }],
    [
      'well, though others were ended',
      endOf({}, { exitCode: 0 }, [{ name: 'router', exitCode: 143 }]),
      { kind: 'exited' },
    ],
    [
      'with its own code, though a neighbour fails at being ended',
      endOf({}, { exitCode: 1 }, [{ name: 'router', exitCode: 2 }]),
      { kind: 'exited', exitCode: 1 },
    ],
    [
      'out of memory',
      endOf({}, { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
      { kind: 'out-of-memory', isTold: true },
    ],
    [
      'out of memory, told of the task',
      endOf({ stoppedReason: 'OutOfMemoryError: container killed' }, { exitCode: 137 }),
      { kind: 'out-of-memory', isTold: true },
    ],
    ['killed', endOf({}, { exitCode: 137 }), { kind: 'out-of-memory', isTold: false }],
    [
      'by a neighbour',
      endOf({}, { exitCode: 143 }, [{ name: 'router', exitCode: 1 }]),
      { kind: 'neighbour-died', exitCode: 143 },
    ],
    [
      'by a neighbour, deaf to SIGTERM',
      endOf({}, { exitCode: 137 }, [{ name: 'router', exitCode: 0 }]),
      { kind: 'neighbour-died' },
    ],
    [
      'by a neighbour, before it had started',
      endOf({}, {}, [{ name: 'router', exitCode: 1 }]),
      { kind: 'neighbour-died', exitCode: undefined },
    ],
    [
      'beside one that does not matter',
      endOf({}, { exitCode: 137 }, [{ name: 'extra', exitCode: 1 }]),
      { kind: 'out-of-memory', isTold: false },
    ],
    [
      'by somebody',
      endOf({ stopCode: 'UserInitiated', stoppedReason: 'x' }, { exitCode: 143 }),
      { kind: 'stopped', by: 'UserInitiated', reason: 'x' },
    ],
    [
      'by Spot, politely',
      endOf({ stopCode: 'SpotInterruption' }, { exitCode: 0 }),
      { kind: 'stopped', by: 'SpotInterruption' },
    ],
    [
      'before it began',
      endOf({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: x' }, {}),
      { kind: 'never-started', reason: 'CannotPullContainerError: x' },
    ],
    [
      'before it began, told of a container',
      endOf({ stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' }, {}, [
        { name: 'router', reason: 'CannotPullContainerError: y' },
      ]),
      { kind: 'never-started', reason: 'Task failed to start router: CannotPullContainerError: y' },
    ],
  ])('ended %s', (_, end, expected) => {
    expect(end).toMatchObject(expected);
  });
});
