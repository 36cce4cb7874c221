// What a look at an environment finds: per tenant what would be done, what is left over, and how much room there is.
import type { Outcome } from '../resource.ts';

/** `refused`: why it cannot be done; nothing of its tenant is then written. */
export type PlannedOutcome = Outcome & { readonly refused?: string };

export type TenantPlan = {
  readonly name: string;
  /** Undefined: the tenant is retired, or its environment has no waves. */
  readonly wave: string | undefined;
  readonly state: 'active' | 'retired';
  readonly host: string;
  readonly outcomes: readonly PlannedOutcome[];
};

/** One AWS quota, and what it would come to after the plan. */
export type Headroom = {
  /** What is counted, e.g. `rules`, and on what, e.g. `sit-alb`. */
  readonly quota: string;
  readonly of: string;
  readonly now: number;
  readonly after: number;
  readonly limit: number;
  readonly unit: string;
  /** How many more tenants fit after the plan. */
  readonly room: number;
  /** What to do where it gets tight. */
  readonly remedy: string;
};

/** Something of a tenant that no manifest names any more. */
export type Orphan = { readonly kind: string; readonly name: string; readonly tenant: string };

export type EnvironmentPlan = {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** GitHub environment that people approve. */
  readonly approval: string;
  /** In the order of deployment; retired ones at the end. */
  readonly tenants: readonly TenantPlan[];
  readonly headroom: readonly Headroom[];
  readonly orphans: readonly Orphan[];
};

/** An environment that could not be looked at, and why. */
export type FailedLook = { readonly environment: string; readonly error: unknown };

/** Share of a quota from which it is called tight. */
const tight = 0.8;

export type Level = 'enough' | 'tight' | 'full' | 'over';

export const levelOf = ({ after, limit }: Pick<Headroom, 'after' | 'limit'>): Level => {
  if (after > limit) return 'over';
  if (after === limit) return 'full';
  return after >= limit * tight ? 'tight' : 'enough';
};

/** Whether anything of the outcome is still to be done. */
export const differs = ({ action, refused }: PlannedOutcome): boolean =>
  refused !== undefined || (action !== 'keep' && action !== 'absent');

export const tenantDiffers = ({ outcomes }: TenantPlan): boolean => outcomes.some(differs);

export const planDiffers = ({ tenants, orphans }: EnvironmentPlan): boolean =>
  orphans.length > 0 || tenants.some(tenantDiffers);

/** Active, and only some of its own exists: an earlier run was interrupted, or somebody deleted a part. */
export const isHalfMade = ({ state, outcomes }: TenantPlan): boolean => {
  // What another tenant or an older access strategy left there says nothing about this one.
  const own = outcomes.filter(({ kind, note }) => kind !== 'shared access policy' && note === undefined);
  return (
    state === 'active' &&
    own.some(({ action }) => action === 'create') &&
    own.some(({ action }) => action !== 'create')
  );
};
