// Plans as values, to be told in Markdown.
import type { Difference } from '../../../src/shared/resource.ts';
import type {
  EnvironmentPlan,
  Headroom,
  PlannedOutcome,
  TenantPlan,
} from '../../../src/shared/survey/types.ts';

export const outcome = (kind: string, given: Partial<PlannedOutcome> = {}): PlannedOutcome => ({
  step: 'routing',
  kind,
  name: `sit-x-${kind.replaceAll(' ', '-')}`,
  action: 'keep',
  differences: [],
  ...given,
});

export const difference = (field: string, given: Partial<Difference> = {}): Difference => ({
  field,
  from: 'old',
  to: 'new',
  how: 'update',
  ...given,
});

export const tenantPlan = (name: string, given: Partial<TenantPlan> = {}): TenantPlan => ({
  name,
  wave: 'pilot',
  state: 'active',
  host: `${name}.wpsit.kimmyai.io`,
  outcomes: ['secret', 'target group', 'service'].map((kind) =>
    outcome(kind, { name: `sit-${name}-${kind}` }),
  ),
  ...given,
});

/** Everything of it still to be made. */
export const newTenant = (name: string, given: Partial<TenantPlan> = {}): TenantPlan =>
  tenantPlan(name, {
    outcomes: tenantPlan(name).outcomes.map((one) => ({ ...one, action: 'create' })),
    ...given,
  });

export const quota = (given: Partial<Headroom> = {}): Headroom => ({
  quota: 'rules',
  of: 'sit-alb',
  now: 13,
  after: 13,
  limit: 100,
  unit: '',
  room: 87,
  remedy: 'Ask for more.',
  ...given,
});

export const environmentPlan = (given: Partial<EnvironmentPlan> = {}): EnvironmentPlan => ({
  environment: 'sit',
  account: '815856636111',
  region: 'eu-west-1',
  approval: 'sit',
  tenants: [tenantPlan('goldencrust'), tenantPlan('tenant1')],
  headroom: [quota()],
  orphans: [],
  ...given,
});
