// Which of the known causes fits: the first rule of the action's kind, permissions before all. Pure.
import { buildRules, buildServiceRules } from './build.ts';
import { approvalRules, deployRules } from './deploy.ts';
import { migrationRules } from './migrate.ts';
import { always, errorText, type Rule, type Scene, says } from './rule.ts';
import { sourceRules } from './source.ts';

export const generalRules: readonly Rule[] = [
  {
    name: 'role-denied',
    applies: says(
      /PermissionError|AccessDenied|not authorized to (perform|assume)|sufficient permissions|cannot be assumed/i,
    ),
    what: 'AWS denied the pipeline what this action needs',
    fix: "Allow it to the role that the message names (the pipeline's service role, or the action's own).",
  },
  {
    name: 'aws-unavailable',
    applies: says(/SystemUnavailable|InternalError|ServiceUnavailable|Throttling|internal (service )?error/i),
    what: 'an AWS service failed',
    fix: 'Nothing in the repository is wrong: wait some minutes.',
  },
];

const noDetails: Rule = {
  name: 'no-details',
  applies: always,
  what: 'AWS gives no reason',
  fix: 'Look at the action in the console.',
};

const unknown: Rule = { ...noDetails, name: 'unknown', what: "it failed with AWS's message below" };

const isMigration = ({ run }: Scene): boolean => /migrat/i.test(`${run.stage} ${run.action}`);

const rulesFor = (scene: Scene): readonly Rule[] => {
  const { category, provider } = scene.run;
  if (category === 'Approval') return approvalRules;
  if (!errorText(scene) && !scene.build) return [noDetails];
  // A source connection is denied to the pipeline's role too, with a fix of its own.
  if (category === 'Source') return [...sourceRules.slice(0, 3), ...generalRules, ...sourceRules.slice(3)];
  const general = provider === 'CodeBuild' ? [...generalRules, ...buildServiceRules] : generalRules;
  if (isMigration(scene)) return [...general, ...migrationRules];
  if (provider === 'CodeBuild') return [...general, ...buildRules];
  if (category === 'Deploy') return [...generalRules, ...deployRules];
  return [...generalRules, unknown];
};

export type Cause = {
  readonly name: string;
  readonly what: string;
  readonly fix: string;
  readonly retry: 'helps' | 'useless';
};

export const findCause = (scene: Scene): Cause => {
  const {
    name,
    what,
    fix,
    retry = 'helps',
  } = rulesFor(scene).find((rule) => rule.applies(scene)) ?? noDetails;
  return { name, what, fix: typeof fix === 'string' ? fix : fix(scene), retry };
};

export const allRules: readonly Rule[] = [
  ...generalRules,
  ...sourceRules,
  ...buildServiceRules,
  ...buildRules,
  ...migrationRules,
  ...deployRules,
  ...approvalRules,
  unknown,
  noDetails,
];
