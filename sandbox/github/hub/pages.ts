// Lists in pages with the Link header that octokit.paginate follows.
import { z } from 'zod';
import type { State } from './state.ts';

const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number);

/** Query fields of every list. */
export const paging = { per_page: count.optional(), page: count.optional() };

type Listing = {
  readonly state: State;
  readonly url: URL;
  readonly query: { readonly per_page?: number | undefined; readonly page?: number | undefined };
};

/** The page asked for, and the headers that lead to the others. */
export const pageOf = <T>(
  { state, url, query }: Listing,
  rows: readonly T[],
): { readonly rows: T[]; readonly headers: Readonly<Record<string, string>> } => {
  const size = Math.min(query.per_page ?? 30, state.settings.pageSize, 100);
  const page = query.page ?? 1;
  const last = Math.max(1, Math.ceil(rows.length / size));
  const link = (to: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return {
    rows: rows.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
};
