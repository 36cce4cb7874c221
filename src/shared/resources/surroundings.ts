// What every resource of a tenant is made from, and the few shapes that AWS's services share.
import type { Tags, Tenant } from '../fleet/types.ts';
import type { Platform } from '../platform.ts';
import type { Aws, Clock, Log } from '../world.ts';

export type Surroundings = {
  readonly tenant: Tenant;
  readonly platform: Platform;
  readonly aws: Aws;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds since the epoch after which waiting is given up. */
  readonly deadline: number;
  /** Differs for every run: tokens that make a repeated call of this run harmless are made of it. */
  readonly runToken: string;
  /** Jitter: numbers in [0, 1). */
  readonly random: () => number;
  /** Set for a role that may only describe: no secret's value is read, and nothing is waited for. */
  readonly describeOnly?: true;
};

/** Whether AWS refused with this error code. */
export const isNamed = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && codes.includes(error.name);

/** The answer, or undefined where AWS refuses with `code`: its way to say that there is no such thing. */
export const orAbsent = async <T>(answer: Promise<T>, code: string): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, code)) return undefined;
    throw error;
  }
};

/** Most services write tags as Key and Value. */
export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const tagRecord = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Tags => Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));

/** ECS alone writes them in lower case. */
export const ecsTagList = (tags: Tags): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

export const ecsTagRecord = (
  tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] | undefined,
): Tags => Object.fromEntries((tags ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
