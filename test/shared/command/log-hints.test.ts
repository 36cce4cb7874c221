// What the last lines of a log are taken for, and what they are not.
import { describe, expect, test } from '@jest/globals';
import { hintsIn } from '../../../src/shared/command/log-hints.ts';

const table = "|   SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'tenants' already exists";
const column = "|   SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'plan'";

describe('what a migration makes and is there already', () => {
  test.each([table, column])('%s: has more than one cause, and nobody is told to drop it', (line) => {
    const [hint = '', ...others] = hintsIn('migrate', [line]);
    expect(others).toEqual([]);
    expect(hint).toMatch(/cut off.*renamed.*by hand/);
    expect(hint).toMatch(/holds data.*back it up/);
    expect(hint).not.toMatch(/\bdrop|remove|truncate/i);
  });

  test.each([
    ['command', table],
    ['migrate', '| A user with this e-mail already exists.'],
    ['migrate', '| The storage link already exists.'],
    ['command', '| A user with this e-mail already exists.'],
  ] as const)('of a %s, %s: is not meant', (operation, line) => {
    expect(hintsIn(operation, [line])).toEqual([]);
  });
});

test('what any command may meet is told of both', () => {
  const line = "| SQLSTATE[HY000] [1045] Access denied for user 'appuser'";
  expect(hintsIn('command', [line])).toHaveLength(1);
  expect(hintsIn('migrate', [line])).toEqual(hintsIn('command', [line]));
});
