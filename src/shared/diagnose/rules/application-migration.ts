// What a migration's log says, whether a pipeline or run-db-init ran it. Never with the advice to drop something: what is
// there may be the live table, where the migration's file was renamed.
import { inLines, type LogEvidence, lastLine } from '../log-evidence.ts';
import type { Rule, Sighting } from '../rule.ts';

const exists = /SQLSTATE\[42S(?:01|21)\]/;
/** Errors of the connection have rules of their own, whatever is run. */
const statement = /SQLSTATE\[(?!HY000\] \[\d|40001|42S01|42S21)|SQLSTATE\[HY000\]: General error: (?!1205)/;

const inMigration =
  (sees: Rule<LogEvidence>['sees']): Rule<LogEvidence>['sees'] =>
  (evidence): Sighting | undefined =>
    evidence.by === 'migration' ? sees(evidence) : undefined;

const status =
  'run-db-init with `operation: command`, `service: {name}`, `command: php artisan migrate:status` shows no migration as Pending.';

export const applicationMigrationLogRules: readonly Rule<LogEvidence>[] = [
  {
    id: 'migration-exists',
    area: 'migration',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      "SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'orders' already exists",
      'SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name',
    ],
    sees: inMigration(inLines(exists)),
    cause:
      'The table or column that it makes is there already: an earlier run was cut off after making it, the migration was renamed or is there twice, or somebody made it by hand.',
    fix: [
      'Look first whether it holds data, and back it up before any change.',
      'Where the migration was only renamed or copied, undo that and release again; where all is as it would make it, add its name to the table migrations; else let it skip what is there (Schema::hasTable, Schema::hasColumn) and release again.',
    ],
    verify: status,
  },
  {
    id: 'migration-sql',
    area: 'migration',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'SQLSTATE[42S22]: Column not found: 1054 Unknown column',
      'SQLSTATE[42000]: Syntax error or access violation: 1064',
    ],
    sees: inMigration((evidence) =>
      lastLine(evidence.lines, exists) ? undefined : inLines(statement)(evidence),
    ),
    cause: 'The database refused one of its statements; MySQL keeps what ran before it.',
    fix: ['The log names migration and statement: correct it in a new release.'],
    verify: status,
  },
];
