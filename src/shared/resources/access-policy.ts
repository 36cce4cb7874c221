// The inline policies that let ECS read tenants' secrets: one of a tenant's own, or one that all tenants of an
// environment share. Which role holds it depends on the environment's access strategy.

import { Failed } from '../errors.ts';
import { accessPolicyDocument, executionRoleOf, sharedAccessPolicyDocument } from '../fleet/desired.ts';
import { namesOf } from '../fleet/names.ts';
import type { Resource } from '../resource.ts';
import { isNamed, orAbsent, type Surroundings } from './surroundings.ts';

type Have = { readonly document: string };
type AccessPolicy = Resource<string, Have>;

/** The policy of this tenant alone, on `role`: the one that its tasks start with unless given. */
export const accessPolicy = (
  around: Surroundings,
  role: string = executionRoleOf(around.tenant),
): AccessPolicy =>
  inlinePolicy(around, {
    kind: 'access policy',
    name: namesOf(around.tenant).accessPolicy,
    role,
    document: accessPolicyDocument(around.tenant),
  });

/** The environment's policy for all its tenants. With a role per tenant, only the database step's tasks need it. */
export const sharedAccessPolicy = (around: Surroundings): AccessPolicy => ({
  ...inlinePolicy(around, {
    kind: 'shared access policy',
    name: namesOf(around.tenant).sharedAccessPolicy,
    role: around.tenant.environment.executionRole,
    document: sharedAccessPolicyDocument(around.tenant),
  }),
  isShared: true,
  note: sharedNote(around.tenant.environment),
});

const sharedNote = ({ name, executionRole, access }: Surroundings['tenant']['environment']): string =>
  access.strategy === 'role-per-tenant'
    ? `for the database step, which ${executionRole} runs; the tenant's own tasks cannot use it`
    : `isolation is per environment: tasks started with ${executionRole} can be given the secret of any tenant in ${name}`;

type Spec = {
  readonly kind: string;
  readonly name: string;
  readonly role: string;
  readonly document: object;
};

const inlinePolicy = (around: Surroundings, { kind, name, role, document }: Spec): AccessPolicy => {
  const { aws } = around;
  // IAM's calls take the role's name without its path.
  const place = { RoleName: role.split('/').at(-1) ?? '', PolicyName: name };
  const want = canonicalPolicy(JSON.stringify(document));
  return {
    step: 'access',
    kind,
    name,
    needs: [],
    observe: async () => {
      const found = await orAbsent(aws.iam.getRolePolicy(place), 'NoSuchEntityException');
      return found && { document: canonicalPolicy(decodeURIComponent(found.PolicyDocument ?? '')) };
    },
    // IAM cannot tag an inline policy; it belongs to its role, and its name to the tenant.
    tags: () => 'by-name',
    want: () => want,
    differs: (_, have) =>
      have.document === want ? [] : [{ field: 'document', from: have.document, to: want, how: 'update' }],
    create: () => put(around, place, want),
    update: () => put(around, place, want),
    tag: async () => {},
    destroy: async () => {
      await orAbsent(aws.iam.deleteRolePolicy(place), 'NoSuchEntityException');
    },
    refs: () => ({}),
    isTaken: () => false,
  };
};

type Place = { readonly RoleName: string; readonly PolicyName: string };

const put = async ({ aws }: Surroundings, place: Place, document: string): Promise<Have> => {
  try {
    await aws.iam.putRolePolicy({ ...place, PolicyDocument: document });
    return { document };
  } catch (error) {
    throw explainPut(error, place.RoleName);
  }
};

/** One text per meaning: keys sorted, single strings as lists, lists sorted. IAM keeps what was written, as written. */
export const canonicalPolicy = (document: string): string => {
  const sort = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => sort(item, '')).sort(byText);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value)
          .sort(byText)
          .map(([name, of]) => [name, sort(of, name)]),
      );
    return ['Action', 'Resource', 'Statement'].includes(key) ? [value] : value;
  };
  try {
    return JSON.stringify(sort(JSON.parse(document), ''));
  } catch {
    return document;
  }
};

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const explainPut = (error: unknown, role: string): unknown => {
  if (isNamed(error, 'LimitExceededException'))
    return new Failed(
      `Role ${role} has no room for another inline policy: IAM allows 10,240 characters over all of them, not adjustable.`,
      'Set access.strategy in the environment manifest to path-wildcard or role-per-tenant (docs/iam.md says which), or remove policies of retired tenants from the role (rollback-tenant does).',
    );
  if (isNamed(error, 'NoSuchEntityException'))
    return new Failed(
      `There is no execution role named ${role} in this account.`,
      'Correct executionRole in the environment manifest, or create the role.',
    );
  return error;
};
