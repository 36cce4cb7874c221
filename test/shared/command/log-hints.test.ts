// What the last lines of a log are taken for, and what they are not.
import { describe, expect, test } from '@jest/globals';
import { findingsIn } from '../../../src/shared/command/log-hints.ts';
import type { LogEvidence } from '../../../src/shared/diagnose/log-evidence.ts';

const table = "|   SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'tenants' already exists";
const column = "|   SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'plan'";

const told = (by: LogEvidence['by'], line: string) =>
  findingsIn({ facts: { service: 'envelope-prod-api' }, by, lines: [line], settings: undefined });

describe('what a migration makes and is there already', () => {
  test.each([table, column])('%s: has more than one cause, and nobody is told to drop it', (line) => {
    const [finding, ...others] = told('migration', line);
    expect(others).toEqual([]);
    expect(finding?.cause).toMatch(/cut off.*renamed.*by hand/);
    const steps = finding?.fix.join(' ');
    expect(steps).toMatch(/holds data.*back it up/);
    expect(steps).not.toMatch(/\bdrop|remove|truncate/i);
  });

  test.each([
    ['command', table],
    ['service', table],
    ['migration', '| A user with this e-mail already exists.'],
    ['migration', '| The storage link already exists.'],
    ['command', '| A user with this e-mail already exists.'],
  ] as const)('of a %s, %s: is not meant', (by, line) => {
    expect(told(by, line)).toEqual([]);
  });
});

test('what any container may meet is told of all, without the quotation mark', () => {
  const line = "| SQLSTATE[HY000] [1045] Access denied for user 'appuser'@'10.2.3.4' (using password: YES)";
  const [finding, ...others] = told('command', line);
  expect(others).toEqual([]);
  expect(finding?.proof).toEqual([{ from: 'log', text: line.slice(2) }]);
  expect(told('migration', line)).toEqual([finding]);
  expect(told('service', line)).toEqual([finding]);
});
