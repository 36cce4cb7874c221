// The inline policy on the execution role that lets the tenant's tasks read the tenant's secret.

import { Failed } from '../errors.ts';
import { accessPolicyDocument } from '../fleet/desired.ts';
import { namesOf } from '../fleet/names.ts';
import type { Resource } from '../resource.ts';
import { isNamed, orAbsent, type Surroundings } from './surroundings.ts';

type Have = { readonly document: string };

export const accessPolicy = (around: Surroundings): Resource<string, Have> => {
  const { tenant, aws } = around;
  const name = namesOf(tenant).accessPolicy;
  // IAM's calls take the role's name without its path.
  const place = { RoleName: tenant.environment.executionRole.split('/').at(-1) ?? '', PolicyName: name };
  const want = canonicalPolicy(JSON.stringify(accessPolicyDocument(tenant)));
  return {
    step: 'access',
    kind: 'access policy',
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
const canonicalPolicy = (document: string): string => {
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
      'Remove policies of retired tenants from the role (rollback-tenant does), or use an execution role of its own for some tenants.',
    );
  if (isNamed(error, 'NoSuchEntityException'))
    return new Failed(
      `There is no execution role named ${role} in this account.`,
      'Correct executionRole in the environment manifest, or create the role.',
    );
  return error;
};
