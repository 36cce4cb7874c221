// THE STAND-IN for Laravel's `php artisan`: what a command prints and ends with, as plain values. No PHP and no SQL.

export const notice = 'This is a stand-in for php artisan: no PHP ran.';

/** Line by line, then an exit code. */
export type Outcome = { readonly lines: readonly string[]; readonly code: number };

/** Every migration of the API, in order; the first two ran when the platform was made. */
export const migrations = [
  '2026_01_12_090000_create_tenants_table',
  '2026_01_12_090100_create_failed_jobs_table',
  '2026_10_02_091500_add_plan_to_tenants_table',
  '2026_10_19_143000_create_invoices_table',
] as const;

export type FailedJob = { readonly id: string; readonly at: string; readonly name: string };

export const firstFailedJobs: readonly FailedJob[] = [
  { id: '8d1c5b0e-63f4-4a0c-9d52-0d1b0f7f3ae1', at: '2026-11-20 09:12:44', name: 'App\\Jobs\\MigrateTenant' },
  { id: 'f2a7c9d4-1e35-4b6f-8a10-5c4e9b2d7f68', at: '2026-11-20 09:13:02', name: 'App\\Jobs\\SeedTenant' },
];

const width = 72;
const dotted = (left: string, right: string): string =>
  `  ${left} ${'.'.repeat(Math.max(3, width - left.length - right.length))} ${right}`;

export const info = (text: string): readonly string[] => ['', `   INFO  ${text}  `, ''];

export const migrated = (name: string, ms: number): string => dotted(name, `${ms.toFixed(2)}ms DONE`);

/** What `migrate` prints around its migrations. */
export const migrateLines = (pending: readonly string[]): readonly string[] =>
  pending.length === 0
    ? info('Nothing to migrate.')
    : [...info('Running migrations.'), ...pending.map((name, index) => migrated(name, 41.2 + 7 * index)), ''];

export const migrateFailure = (name: string): Outcome => ({
  code: 1,
  lines: [
    ...info('Running migrations.'),
    dotted(name, '12.31ms FAIL'),
    '',
    '   Illuminate\\Database\\QueryException ',
    '',
    "  SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'plan' (Connection: mysql, SQL: alter table `tenants` add `plan` varchar(32) not null)",
    '',
    '  at vendor/laravel/framework/src/Illuminate/Database/Connection.php:825',
  ],
});

/** What Laravel says where its database refuses it. */
export const accessDenied = ({ DB_USERNAME = '' }: Readonly<Record<string, string>>): Outcome => ({
  code: 1,
  lines: [
    '   Illuminate\\Database\\QueryException ',
    '',
    `  SQLSTATE[HY000] [1045] Access denied for user '${DB_USERNAME}'@'10.2.32.9' (using password: NO)`,
  ],
});

export const listFailed = (jobs: readonly FailedJob[]): Outcome => ({
  code: 0,
  lines:
    jobs.length === 0
      ? info('No failed jobs found.')
      : ['', ...jobs.map(({ at, id, name }) => dotted(`${at} ${id}`, `redis@default ${name}`)), ''],
});

export const retryAll = (jobs: readonly FailedJob[]): Outcome => ({
  code: 0,
  lines:
    jobs.length === 0
      ? info('No retryable jobs found.')
      : [
          ...info('Pushing failed queue jobs back onto the queue.'),
          ...jobs.map(({ id }) => dotted(id, '3.18ms DONE')),
          '',
        ],
});

/** A command that is no artisan's: nobody here can run it. */
export const otherProgram = (command: readonly string[]): Outcome => ({
  code: 0,
  lines: [`This is a stand-in: ${command.join(' ')} was not run, and is taken for done.`],
});

export const undefinedCommand = (name: string): Outcome => ({
  code: 1,
  lines: ['', `   ERROR  Command "${name}" is not defined.  `, ''],
});

/** The words after `php artisan`; undefined where the command is another program. */
export const artisanWords = (command: readonly string[]): readonly string[] | undefined =>
  command[0] === 'php' && command[1] === 'artisan' ? command.slice(2) : undefined;

/** Commands that run until they are stopped, and the first thing each says. */
export const endless: Readonly<Record<string, readonly string[]>> = {
  'queue:work': info('Processing jobs from the [default] queue.'),
  'schedule:work': info('Running scheduled tasks.'),
  'reverb:start': info('Starting server on 0.0.0.0:8080.'),
};

/** What Laravel's health route answers. */
export const upPage =
  '<!DOCTYPE html><html><head><title>Laravel</title></head><body><h2>Application up</h2></body></html>';
