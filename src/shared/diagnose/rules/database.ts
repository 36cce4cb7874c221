// The database behind a tenant: first what it says itself, then what only the page says.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { databaseDeniedRules } from './database-denied.ts';
import { databaseHostRules } from './database-host.ts';
import { databaseLoginRules } from './database-login.ts';
import { databaseReachRules } from './database-reach.ts';
import { runInit, runVerify } from './database-steps.ts';
import { inLog, onlyOver, onPage } from './sight.ts';

const symptom = { area: 'database', level: 'symptom', lasts: 'unknown', sure: 'certain' } as const;

const known: readonly Rule<Evidence>[] = [
  ...databaseDeniedRules,
  ...databaseLoginRules,
  ...databaseHostRules,
  ...databaseReachRules,
];

const symptomRules: readonly Rule<Evidence>[] = [
  {
    ...symptom,
    id: 'database-error',
    symptoms: ['WordPress database error: …', 'mysqli_real_connect(): (HY000/…)'],
    sees: onlyOver((evidence) =>
      known.some((rule) => rule.sees(evidence))
        ? undefined
        : inLog(
            /WordPress database error:? (?!Table '[^']{1,200}' doesn't exist)(.{1,300})|mysqli_real_connect\(\): \(\w{5}\/\d{4}\): (.{1,300})/,
            ([, first, second]) => ({ said: first ?? second ?? '' }),
          )(evidence),
    ),
    cause:
      'The database {databaseHost} refuses what WordPress asks of it, with an error that no rule here knows: {said}',
    fix: [
      'Look the text up in the manual of the server: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html.',
      `See whether login, database and grant are right. ${runVerify}`,
    ],
    verify: 'The site answers without a 5xx.',
  },
  {
    ...symptom,
    // Told by the installer's page: the others say that the connection could not be established, whatever is wrong.
    id: 'database-not-selected',
    symptoms: [
      'Cannot select database',
      'The database server could be connected to (which means your username and password is okay) but the … database could not be selected',
    ],
    sees: onPage(({ status }, text) => status >= 500 && /(?:Cannot|Can.t) select database/.test(text)),
    cause:
      '{user} can log in to {databaseHost}, but database {database} is missing there, or {user} has no grant on it.',
    fix: [`Make the database where it is missing, and grant everything on it. ${runInit}`],
    verify: runVerify,
  },
  {
    ...symptom,
    id: 'database-error-establishing',
    symptoms: ['Error establishing a database connection', 'Database Error'],
    sees: onPage(
      ({ status }, text) => status >= 500 && /Error establishing a database connection/.test(text),
    ),
    cause:
      "WordPress reaches no database: the password in secret {secret} is not the account's, {user} or database {database} is missing, {user} has no grant, or {databaseHost} is not reached.",
    fix: [
      'Find out which. Run the action run-db-init with `environment: {environment}`, `tenant: {tenant}`, `operation: verify`: it logs in as the tenant from a task of its own and ends with 42 (not reached), 43 (encryption), 45 (password or account) or 46 (database or grant), each with what to do.',
      'For 45 and 46: run the action run-db-init with `operation: init`, then `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.',
      'If it ends well, the task has an outdated password: only new tasks read the secret, so the second command alone will do.',
      "So that the log says it the next time, log the driver's words: take over `register_shutdown_function` of WORDPRESS_CONFIG_EXTRA from examples/wpsit/defaults.yml.",
    ],
    verify: runVerify,
    link: 'https://developer.wordpress.org/advanced-administration/wordpress/common-errors/',
  },
];

export const databaseRules: readonly Rule<Evidence>[] = [...known, ...symptomRules];
