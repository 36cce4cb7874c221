// Every AWS name and tag of a tenant, in one place. The patterns are the runbook's.
import type { Tags, Tenant } from './types.ts';

export type Names = {
  readonly secret: string;
  readonly accessPolicy: string;
  readonly sharedAccessPolicy: string;
  readonly executionRole: string;
  readonly accessPoint: string;
  readonly family: string;
  readonly databaseFamily: string;
  readonly targetGroup: string;
  readonly service: string;
  readonly logPrefix: string;
};

/** The tenant's resource names, e.g. `sit-goldencrust-tg`. Limits are checked by the manifest rules. */
export const namesOf = (tenant: Pick<Tenant, 'name'> & { environment: { readonly name: string } }): Names => {
  const stem = `${tenant.environment.name}-${tenant.name}`;
  return {
    secret: `${stem}-db-credentials`,
    accessPolicy: `${tenant.environment.name}-ecs-secrets-access-${tenant.name}`,
    sharedAccessPolicy: `${tenant.environment.name}-ecs-secrets-access`,
    executionRole: `${stem}-execution`,
    accessPoint: `${stem}-content`,
    family: stem,
    databaseFamily: `${tenant.environment.name}-db-init-${tenant.name}`,
    targetGroup: `${stem}-tg`,
    service: `${stem}-service`,
    logPrefix: tenant.name,
  };
};

/** AWS refuses longer names. Source: the services' own models (TargetGroupName is from the ELB user guide). */
export const nameLimits: Readonly<Record<keyof Names, number>> = {
  secret: 512,
  accessPolicy: 128,
  sharedAccessPolicy: 128,
  executionRole: 64,
  accessPoint: 255,
  family: 255,
  databaseFamily: 255,
  targetGroup: 32,
  service: 255,
  logPrefix: 128,
};

/** What a person calls the resource that has the name. */
export const nameKinds: Readonly<Record<keyof Names, string>> = {
  secret: 'a secret',
  accessPolicy: 'an inline policy',
  sharedAccessPolicy: 'an inline policy',
  executionRole: 'a role',
  accessPoint: 'an access point',
  family: 'a task definition',
  databaseFamily: 'a task definition',
  targetGroup: 'a target group',
  service: 'a service',
  logPrefix: 'a log stream prefix',
};

/**
 * Whose one-off tasks are that look at all tenants of an environment: no tenant can be called so, and no two names of
 * task definitions meet.
 */
export const everyTenant = '_all';

export const managedBy = 'tenant-actions';

/** Tags on everything we make. `ManagedBy` with `Tenant` and `Environment` is what makes a resource ours. */
export const tagsOf = (
  tenant: Pick<Tenant, 'name' | 'tags'> & { environment: { readonly name: string; readonly tags: Tags } },
): Tags => ({
  ...tenant.environment.tags,
  ...tenant.tags,
  Environment: tenant.environment.name,
  Tenant: tenant.name,
  ManagedBy: managedBy,
});

/** Whether a found thing is this tenant's and made (or adopted) by us. */
export const isOurs = (
  tags: Tags,
  owner: { readonly environment: string; readonly tenant: string },
): boolean =>
  tags.ManagedBy === managedBy && tags.Tenant === owner.tenant && tags.Environment === owner.environment;
