// What an operation needs: IAM actions on resources, under keys that policies can put conditions on. The tables beside
// this file follow AWS's service authorization reference as it was in September 2026.
import type { Cloud } from '../cloud.ts';
import type { KeyRecord } from '../services/policy-patterns.ts';

export type Need = {
  readonly action: string;
  /** An ARN, or `*` where the action knows no resources. */
  readonly resource: string;
  readonly keys?: KeyRecord;
};

/** What the tables look up: requests name things shortly, policies by ARN. */
export type AccountView = Pick<Cloud, 'accountId' | 'region'> & {
  /** Undefined where there is no such secret. */
  readonly secretArn: (id: string) => string | undefined;
  /** Of a role, there or not: paths are part of the ARN. */
  readonly roleArn: (name: string) => string;
  readonly boundaryOf: (roleName: string) => string | undefined;
  /** Execution and task role of a task definition. */
  readonly rolesOfDefinition: (reference: string) => readonly string[];
};

export type Row = (input: never, account: AccountView) => readonly Need[];

/** One row per operation that the sandbox knows. */
export type AuthorizationTable = Readonly<Record<string, Row>>;

type AnyTag = {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly key?: string | undefined;
  readonly value?: string | undefined;
};

const keyOf = ({ Key, key }: AnyTag): string => Key ?? key ?? '';

/** `aws:RequestTag/…` and `aws:TagKeys` of tags that a request brings. */
export const requestTags = (tags: readonly AnyTag[] | undefined): KeyRecord =>
  tags?.length
    ? {
        ...Object.fromEntries(
          tags.map((tag) => [`aws:RequestTag/${keyOf(tag)}`, tag.Value ?? tag.value ?? '']),
        ),
        'aws:TagKeys': tags.map(keyOf),
      }
    : {};

export const tagKeys = (keys: readonly string[] | undefined): KeyRecord =>
  keys?.length ? { 'aws:TagKeys': keys } : {};

/** Tags given at creation are a permission of their own. */
export const tagsOnCreate = (need: Need, tags: readonly AnyTag[] | undefined): readonly Need[] =>
  tags?.length ? [{ ...need, keys: { ...need.keys, ...requestTags(tags) } }] : [];

/** For actions without resources. */
export const anywhere =
  (action: string): Row =>
  () => [{ action, resource: '*' }];
