// Every rule of every kind of evidence: what docs/troubleshooting.md is made of. One rule may stand here twice, once for each
// kind of evidence that shows it.
import type { Rule } from '../rule.ts';
import { applicationLogRules } from './application.ts';
import { applicationSettingsRules } from './application-settings.ts';
import { callRules } from './credentials.ts';
import { assumeRules, tokenRules } from './credentials-oidc.ts';
import { placeRules } from './credentials-place.ts';
import { databaseStepRules } from './database-step.ts';
import { pipelineRules } from './pipeline.ts';
import { serviceRules } from './service.ts';

export const everyRule: readonly Rule<never>[] = [
  ...serviceRules,
  ...pipelineRules,
  ...applicationLogRules,
  ...applicationSettingsRules,
  ...databaseStepRules,
  ...callRules,
  ...placeRules,
  ...tokenRules,
  ...assumeRules,
];
