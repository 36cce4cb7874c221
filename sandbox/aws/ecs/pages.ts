// Lists come in pages: capped by the cloud's settings, continued by a token that only its own operation understands.

import type { Cloud } from '../cloud.ts';
import { AwsError } from '../cloud.ts';

export type PageRequest = {
  readonly operation: string;
  readonly maxResults: number | undefined;
  readonly nextToken: string | undefined;
  /** AWS's own page size where the caller asks for none. */
  readonly standard: number;
};

export type Page<T> = { readonly items: T[]; readonly nextToken: string | undefined };

/** Throws InvalidParameterException for a size outside 1 to 100 or a token of another list. */
export const pageOf = <T>(cloud: Cloud, all: readonly T[], request: PageRequest): Page<T> => {
  const size = pageSize(cloud, request);
  const from = request.nextToken === undefined ? 0 : readToken(request.operation, request.nextToken);
  const to = from + size;
  return {
    items: all.slice(from, to),
    nextToken: to < all.length ? writeToken(request.operation, to) : undefined,
  };
};

const pageSize = (cloud: Cloud, { maxResults, standard }: PageRequest): number => {
  if (maxResults !== undefined && (maxResults < 1 || maxResults > 100))
    throw new AwsError('InvalidParameterException', 'maxResults must be between 1 and 100.');
  return Math.min(maxResults ?? standard, cloud.settings.pageSize ?? Number.POSITIVE_INFINITY);
};

const writeToken = (operation: string, offset: number): string =>
  Buffer.from(`${operation} ${offset}`).toString('base64url');

const readToken = (operation: string, token: string): number => {
  const [owner, offset] = Buffer.from(token, 'base64url').toString().split(' ');
  if (owner !== operation || !/^\d+$/.test(offset ?? ''))
    throw new AwsError('InvalidParameterException', 'Invalid token.');
  return Number(offset);
};
