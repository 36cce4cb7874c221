// A fleet before it is deployed: its manifests checked, its differences from AWS shown, its waves given to the workflows.

import * as parse from '../../../src/shared/inputs.ts';
import { planRelease, readApplicationGates } from '../../../src/shared/release/plan-release.ts';
import { admit } from '../../../src/shared/rollout/admit.ts';
import { readGates } from '../../../src/shared/rollout/gates.ts';
import { outputsOf, planRollout } from '../../../src/shared/rollout/plan-rollout.ts';
import { count } from '../../../src/shared/rollout/words.ts';
import { checkFleet } from '../../../src/shared/survey/check.ts';
import { planFleet } from '../../../src/shared/survey/plan.ts';
import type { World } from '../../../src/shared/world.ts';

export const title = 'Plan fleet';

export const inputs = {
  fleet: parse.text,
  mode: parse.oneOf('check', 'plan', 'matrix', 'tenants', 'admit', 'gates', 'release'),
  environment: parse.optional(parse.name),
  'role-to-assume': parse.optional(parse.roleArn),
  tenants: parse.names,
  waves: parse.names,
  since: parse.optional(parse.text),
  'resume-from': parse.optional(parse.runId),
  record: parse.text,
  'resume-commit': parse.oneOf('same', 'newer'),
  comment: parse.flag,
  issue: parse.flag,
  rollout: parse.optional(parse.text),
  tenant: parse.optional(parse.name),
  application: parse.optional(parse.name),
  pipelines: parse.names,
  token: parse.text,
  'timeout-minutes': parse.number('minutes', [0.1, 360]),
} as const;

export const outputs = [
  'summary',
  'problems',
  'plan',
  'differs',
  'rollout',
  'waves',
  'commit',
  'count',
  'release',
  'approval',
  'deployment',
] as const;

type Given = parse.Inputs<typeof inputs>;
type Said = parse.Outputs<typeof outputs>;

const gatesOf = (given: Given & { readonly environment: string }, world: World) =>
  given.application === undefined
    ? readGates(given, world)
    : readApplicationGates({ ...given, application: given.application }, world);

const none = Object.fromEntries(outputs.map((name) => [name, ''])) as Said;

export const run = async (given: Given, world: World): Promise<Said> => {
  switch (given.mode) {
    case 'check':
      return { ...none, problems: '0', summary: await checkFleet(given, world) };
    case 'plan':
      return { ...none, ...(await planFleet(given, world)) };
    case 'matrix':
      return { ...none, ...outputsOf(await planRollout(parse.demand(given, 'environment'), world)) };
    case 'tenants': {
      const plan = await planRollout(parse.demand(given, 'environment'), world);
      const { environment } = plan.rollout;
      return { ...none, ...outputsOf(plan), summary: `${count(plan.count, 'tenant')} of ${environment}.\n` };
    }
    case 'gates':
      return { ...none, ...(await gatesOf(parse.demand(given, 'environment'), world)) };
    case 'release':
      return { ...none, ...(await planRelease(parse.demand(given, 'environment', 'application'), world)) };
    case 'admit':
      world.log.info(await admit(parse.demand(given, 'environment', 'tenant', 'rollout'), world));
      return none;
  }
};
