// The task never started: the most specific first.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { networkCauses } from './network.ts';
import { imageAccessRules } from './start-image-access.ts';
import { imageRules } from './start-images.ts';
import { logRules } from './start-logs.ts';
import { mountRules } from './start-mounts.ts';
import { placeRules } from './start-places.ts';
import { programRules } from './start-programs.ts';
import { secretAccessRules } from './start-secret-access.ts';
import { secretRules } from './start-secrets.ts';
import { ofService, type Start, said } from './starting.ts';

const neverStarted = said({
  id: 'task-never-started',
  area: 'start',
  level: 'symptom',
  lasts: 'unknown',
  sure: 'possible',
  symptoms: ['TaskFailedToStart', 'was unable to place a task', 'Task failed to start'],
  said: [/\S/],
  cause: "ECS could not start a task of {family}, and no known reason fits: ECS's own is below.",
  fix: [
    'See what the service was told: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].events[:10].message"`, and its stopped tasks, for about an hour: `aws ecs list-tasks --region {region} --cluster {cluster} --service-name {service} --desired-status STOPPED`.',
    'Compare the task definition with the last one that started: `aws ecs list-task-definitions --region {region} --family-prefix {family} --sort DESC --max-items 5`.',
  ],
  verify: 'A new task of {service} gets beyond PENDING.',
  link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html',
});

const known: readonly Rule<Start>[] = [
  ...secretRules,
  ...secretAccessRules,
  ...imageAccessRules,
  ...imageRules,
  ...mountRules,
  ...logRules,
  ...programRules,
  ...placeRules,
];

const others = [...known, ...networkCauses];

/** Nobody needs to hear that something failed where the reason is told, nor that no reason is known beside one. */
const unlessKnown = (rule: Rule<Start>): Rule<Start> => {
  if (rule.level === 'cause') return rule;
  const surer = others.filter(({ level }) => level === 'cause' || rule === neverStarted);
  return {
    ...rule,
    sees: (start) => (surer.some((other) => other.sees(start)) ? undefined : rule.sees(start)),
  };
};

/** Shared with one-off commands, whose tasks never start for the same reasons. */
export const startCauses: readonly Rule<Start>[] = [...known, neverStarted].map(unlessKnown);

export const startRules: readonly Rule<Evidence>[] = startCauses.map(ofService);
