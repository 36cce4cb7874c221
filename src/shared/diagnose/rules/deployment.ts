// What became of the deployment as a whole: ended by somebody or something else first, then merely how it ended.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { interruptionRules } from './deployment-interrupted.ts';
import { outcomeRules } from './deployment-outcomes.ts';
import { paceRules } from './deployment-pace.ts';

export const deploymentRules: readonly Rule<Evidence>[] = [
  ...interruptionRules,
  ...paceRules,
  ...outcomeRules,
];
