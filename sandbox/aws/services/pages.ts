// Pages of a list, as every AWS service hands them out: an opaque token that only the same question understands.
import { createHash } from 'node:crypto';
import type { AwsError, CloudSettings } from '../cloud.ts';

export type PageQuestion = {
  /** What the token is good for, e.g. the operation and its filters. */
  readonly scope: unknown;
  readonly token: string | undefined;
  /** What the caller asks for, and the service's own greatest size. */
  readonly limit: number | undefined;
  readonly most: number;
  /** The service's way to refuse a token it never gave. */
  readonly invalid: AwsError;
};

export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined };

const seal = (scope: unknown, offset: number): string => {
  const mark = createHash('sha256')
    .update(`${JSON.stringify(scope)}#${offset}`)
    .digest('hex')
    .slice(0, 24);
  return Buffer.from(`${offset}.${mark}`).toString('base64url');
};

const offsetOf = ({ scope, token, invalid }: PageQuestion): number => {
  if (token === undefined) return 0;
  const offset = Number(Buffer.from(token, 'base64url').toString('utf8').split('.')[0]);
  if (!Number.isInteger(offset) || seal(scope, offset) !== token) throw invalid;
  return offset;
};

/** Throws `invalid` for a token that this question never got. */
export const pageOf = <T>(
  items: readonly T[],
  question: PageQuestion,
  settings: Pick<CloudSettings, 'pageSize'>,
): Page<T> => {
  const start = offsetOf(question);
  const size = Math.min(question.limit ?? question.most, question.most, settings.pageSize ?? question.most);
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? seal(question.scope, end) : undefined };
};

/** `{ [name]: value }`, or nothing where there is no value: AWS leaves absent members out. */
export const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: V };
