// Which migration was the last, from Laravel's two ways of writing.
import { describe, expect, test } from '@jest/globals';
import { addMigrationLine, noMigrations, tellMigrations } from '../../../src/shared/command/migration-log.ts';

const read = (...lines: readonly string[]) => lines.reduce(addMigrationLine, noMigrations);
const [first, second] = ['2026_01_12_090000_create_tenants_table', '2026_10_02_091500_add_plan'];

describe('a migration’s log', () => {
  test.each([
    ['new, failed', [`|   ${first} ........ 12ms DONE`, `|   ${second} ....... 1ms FAIL`], second],
    ['new, cut off', [`|   ${first} ... 12ms DONE`, `|   ${second} .......`], second],
    ['new, both lines of one', [`| ${first} .... RUNNING`, `| ${first} .... 41.20ms DONE`], undefined],
    [
      'old, failed',
      [`| Migrating: ${first}`, `| Migrated:  ${first} (2ms)`, `| Migrating: ${second}`],
      second,
    ],
    ['other', ['| hello', '| 2026_1_1_x .... DONE'], undefined],
  ])('%s', (_, lines, open) => {
    expect(read(...lines).open).toBe(open);
  });

  test('tells what was not done and what was the last', () => {
    expect(tellMigrations(read(`${first} .... 1ms DONE`, `${second} .... 1ms FAIL`))).toBe(
      `Migration ${second} was not done; 1 was done before it in this run, the last of them ${first}.`,
    );
    expect(tellMigrations(read(`${second} .... FAIL`))).toContain('none was done before it');
    expect(tellMigrations(read(`${first} .... DONE`))).toBe(`The last migration that was done is ${first}.`);
    expect(tellMigrations(noMigrations)).toBe('');
  });

  test('knows that there was nothing to do', () => {
    expect(read('|    INFO  Nothing to migrate.  ').nothingToDo).toBe(true);
  });
});
