// The role that starts one tenant's tasks, where each tenant has its own: it reads that tenant's secret and no other.
import type { GetRoleCommandOutput } from '@aws-sdk/client-iam';
import { executionPolicyArn, executionTrustDocument } from '../fleet/desired.ts';
import { namesOf, tagsOf } from '../fleet/names.ts';
import type { Tags } from '../fleet/types.ts';
import type { Difference, Resource } from '../resource.ts';
import { seek } from '../wait.ts';
import { canonicalPolicy } from './access-policy.ts';
import { isNamed, orAbsent, type Surroundings, tagList, tagRecord } from './surroundings.ts';

type Want = { readonly trust: string; readonly boundary: string | undefined };
type Have = Want & { readonly tags: Tags };

const absent = 'NoSuchEntityException';

/** The role itself; what it may do are the two policies after it. Deleting it takes every policy on it along. */
export const executionRole = (around: Surroundings): Resource<Want, Have> => {
  const { tenant, aws } = around;
  const RoleName = namesOf(tenant).executionRole;
  const want: Want = {
    trust: canonicalPolicy(JSON.stringify(executionTrustDocument(tenant))),
    boundary: tenant.environment.access.permissionsBoundary,
  };
  return {
    step: 'access',
    kind: 'execution role',
    name: RoleName,
    needs: [],
    observe: async () => haveOf(await orAbsent(aws.iam.getRole({ RoleName }), absent)),
    tags: (have) => have.tags,
    want: () => want,
    differs: (wanted, have) => [...differingTrust(wanted, have), ...differingBoundary(wanted, have)],
    create: async () => {
      await aws.iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: want.trust,
        Description: `Starts the tasks of tenant ${tenant.name} in ${tenant.environment.name}`,
        Tags: tagList(tagsOf(tenant)),
        ...(want.boundary !== undefined && { PermissionsBoundary: want.boundary }),
      });
      return { ...want, tags: tagsOf(tenant) };
    },
    update: async (_, have, differences) => {
      await writeDiffering(around, { RoleName, want, differences });
      return { ...want, tags: have.tags };
    },
    tag: async (_, tags) => {
      await aws.iam.tagRole({ RoleName, Tags: tagList(tags) });
    },
    destroy: () => deleteRole(around, RoleName),
    refs: () => ({}),
    isTaken: (error) => isNamed(error, 'EntityAlreadyExistsException'),
  };
};

type Writing = {
  readonly RoleName: string;
  readonly want: Want;
  readonly differences: readonly Difference[];
};

const writeDiffering = async (
  { aws }: Surroundings,
  { RoleName, want, differences }: Writing,
): Promise<void> => {
  if (differences.some(({ field }) => field === 'trust policy'))
    await aws.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: want.trust });
  if (differences.some(({ field }) => field === 'permissions boundary'))
    await aws.iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: want.boundary });
};

const haveOf = (found: GetRoleCommandOutput | undefined): Have | undefined =>
  found?.Role && {
    trust: canonicalPolicy(decodeURIComponent(found.Role.AssumeRolePolicyDocument ?? '')),
    boundary: found.Role.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagRecord(found.Role.Tags),
  };

const differingTrust = ({ trust }: Want, have: Have): readonly Difference[] =>
  have.trust === trust ? [] : [{ field: 'trust policy', from: have.trust, to: trust, how: 'update' }];

const differingBoundary = ({ boundary }: Want, have: Have): readonly Difference[] => {
  if (have.boundary === boundary) return [];
  const difference = {
    field: 'permissions boundary',
    from: have.boundary ?? '(none)',
    to: boundary ?? '(none)',
  } as const;
  if (boundary !== undefined) return [{ ...difference, how: 'update' }];
  const why =
    'A boundary is never taken off by an action: set access.permissionsBoundary to it, or take it off by hand.';
  return [{ ...difference, how: 'refuse', why }];
};

/** A role can be deleted only when nothing is on it any more, and IAM may see for seconds what was just taken off. */
const deleteRole = async ({ aws, clock }: Surroundings, RoleName: string): Promise<void> => {
  const remove = async (): Promise<true | undefined> => {
    try {
      for await (const page of aws.iam.paginateListAttachedRolePolicies({ RoleName }))
        for (const { PolicyArn } of page.AttachedPolicies ?? [])
          await orAbsent(aws.iam.detachRolePolicy({ RoleName, PolicyArn }), absent);
      for await (const page of aws.iam.paginateListRolePolicies({ RoleName }))
        for (const PolicyName of page.PolicyNames ?? [])
          await orAbsent(aws.iam.deleteRolePolicy({ RoleName, PolicyName }), absent);
      await aws.iam.deleteRole({ RoleName });
      return true;
    } catch (error) {
      if (isNamed(error, absent)) return true;
      if (isNamed(error, 'DeleteConflictException')) return undefined;
      throw error;
    }
  };
  if (!(await seek(remove, clock))) await aws.iam.deleteRole({ RoleName });
};

/** AWS's own policy on the role: pulling images, writing logs. */
export const executionPolicy = (around: Surroundings): Resource<string, string> => {
  const { tenant, aws } = around;
  const PolicyArn = executionPolicyArn(tenant);
  const place = { RoleName: namesOf(tenant).executionRole, PolicyArn };
  const attach = async (): Promise<string> => {
    await aws.iam.attachRolePolicy(place);
    return PolicyArn;
  };
  return {
    step: 'access',
    kind: 'execution policy',
    name: PolicyArn.split('/').at(-1) ?? '',
    needs: [],
    observe: () => orAbsent(findAttached(around, place), absent),
    tags: () => 'by-name',
    want: () => PolicyArn,
    differs: () => [],
    create: attach,
    update: attach,
    tag: async () => {},
    destroy: async () => {
      await orAbsent(aws.iam.detachRolePolicy(place), absent);
    },
    refs: () => ({}),
    isTaken: () => false,
  };
};

type Attachment = { readonly RoleName: string; readonly PolicyArn: string };

const findAttached = async (
  { aws }: Surroundings,
  { RoleName, PolicyArn }: Attachment,
): Promise<string | undefined> => {
  for await (const page of aws.iam.paginateListAttachedRolePolicies({ RoleName }))
    if (page.AttachedPolicies?.some((policy) => policy.PolicyArn === PolicyArn)) return PolicyArn;
  return undefined;
};
