import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';

export const deploymentRules: readonly Rule<Evidence>[] = [];
