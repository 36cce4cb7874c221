// The way from a visitor to the task, from its end: target group, health checks, listener, front door.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { cloudfrontRules } from './cloudfront.ts';
import { drainRules } from './drain.ts';
import { frontDoorRules } from './front-door.ts';
import { healthCodeRules } from './health-codes.ts';
import { listenerRules } from './listener.ts';
import { targetAnswerRules } from './target-answers.ts';
import { targetGroupRules } from './target-groups.ts';
import { tlsRules } from './tls.ts';

export const routingRules: readonly Rule<Evidence>[] = [
  ...targetGroupRules,
  ...targetAnswerRules,
  ...healthCodeRules,
  ...listenerRules,
  ...cloudfrontRules,
  ...tlsRules,
  ...frontDoorRules,
  ...drainRules,
];
