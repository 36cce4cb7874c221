import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';

export const filesRules: readonly Rule<Evidence>[] = [];
