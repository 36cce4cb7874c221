// Every rule about what an application's containers say, and the same rules for each kind of evidence.
import type { Evidence } from '../evidence.ts';
import { forService, type LogEvidence } from '../log-evidence.ts';
import { forMigration, type PipelineEvidence } from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';
import { applicationDatabaseRules } from './application-database.ts';
import { applicationHealthRules } from './application-health.ts';
import { applicationLaravelRules } from './application-laravel.ts';
import { applicationMigrationLogRules } from './application-migration.ts';
import { applicationNodeRules } from './application-node.ts';
import { applicationProvisioningRules } from './application-provisioning.ts';
import { applicationReachRules } from './application-reach.ts';
import { applicationRedisRules } from './application-redis.ts';

const whoeverRuns: readonly Rule<LogEvidence>[] = [
  ...applicationDatabaseRules,
  ...applicationReachRules,
  ...applicationRedisRules,
  ...applicationProvisioningRules,
  ...applicationLaravelRules,
  ...applicationNodeRules,
];

export const applicationLogRules: readonly Rule<LogEvidence>[] = [
  ...whoeverRuns,
  ...applicationMigrationLogRules,
];

/** For the deployment of an application's service. */
export const applicationRules: readonly Rule<Evidence>[] = [
  ...whoeverRuns.map(forService),
  ...applicationHealthRules,
];

/** For the migration of a pipeline. */
export const applicationMigrationRules: readonly Rule<PipelineEvidence>[] =
  applicationLogRules.map(forMigration);
