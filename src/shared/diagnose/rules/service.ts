// Every rule about a deployment of a service, the most specific of each kind first.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { applicationRules } from './application.ts';
import { containerRules } from './container.ts';
import { databaseRules } from './database.ts';
import { deploymentRules } from './deployment.ts';
import { filesRules } from './files.ts';
import { networkRules } from './network.ts';
import { routingRules } from './routing.ts';
import { startRules } from './start.ts';
import { wordpressRules } from './wordpress.ts';

/** ECS's own words for a container's end say more than whatever stands in its log. */
const isSaidByEcs = ({ id }: Rule<Evidence>): boolean => id === 'out-of-memory' || id === 'exec-format-error';

export const serviceRules: readonly Rule<Evidence>[] = [
  ...startRules,
  ...containerRules.filter(isSaidByEcs),
  ...databaseRules,
  ...filesRules,
  ...wordpressRules,
  ...applicationRules,
  ...containerRules.filter((rule) => !isSaidByEcs(rule)),
  ...networkRules,
  ...routingRules,
  ...deploymentRules,
];
