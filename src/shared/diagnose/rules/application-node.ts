// What a service that is a web server says of where it listens, and Node of what it lacks (the guide's Nuxt sites).
import { inLines, type LogEvidence } from '../log-evidence.ts';
import type { Rule } from '../rule.ts';
import { newRelease, works } from './application-words.ts';

type NodeRule = Omit<Rule<LogEvidence>, 'area' | 'level' | 'verify'>;

const rules: readonly NodeRule[] = [
  {
    id: 'application-node-module',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ["Error: Cannot find module '/app/.output/server/index.mjs'", 'ERR_MODULE_NOT_FOUND'],
    sees: inLines(
      /Cannot find (?:module|package) '([^']+)'|ERR_MODULE_NOT_FOUND/,
      ([, module = 'it needs']) => ({ module }),
    ),
    cause: 'The image of {service} lacks the module {module}.',
    fix: [
      'Build the site in the Dockerfile (`npm run build`) and copy .output into the last stage; its command is `node .output/server/index.mjs`.',
      newRelease,
    ],
  },
  {
    id: 'application-node-memory',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    sees: inLines(/JavaScript heap out of memory/i),
    cause: 'Node ran out of memory in {service}.',
    fix: [
      "Give the task definition {family} more memory, and Node most of it: NODE_OPTIONS=--max-old-space-size=<MB>. See what it has: `aws ecs describe-task-definition --region {region} --task-definition {family} --query 'taskDefinition.[cpu,memory]'`",
    ],
  },
  {
    id: 'application-port-taken',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Error: listen EADDRINUSE: address already in use 0.0.0.0:3000', 'Address already in use'],
    sees: inLines(/EADDRINUSE|(?:bind|listen).*Address already in use/i),
    cause: 'Two programs of one task of {service} want the same port.',
    fix: [
      'All containers of a task share one network: give each a port of its own in the task definition {family}.',
    ],
  },
];

export const applicationNodeRules: readonly Rule<LogEvidence>[] = rules.map((rule) => ({
  ...rule,
  area: 'application',
  level: 'cause',
  verify: works,
}));
