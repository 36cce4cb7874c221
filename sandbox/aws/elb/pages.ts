// Pages of Describe answers: a marker names the last item handed out, so that changes between pages skip nothing.
import { AwsError, type Cloud } from '../cloud.ts';

export type PageRequest = {
  readonly Marker?: string | undefined;
  readonly PageSize?: number | undefined;
};

export type Page<T> = { readonly items: readonly T[]; readonly next: { readonly NextMarker?: string } };

const mark = 'elb ';

/** `keyOf` orders the items. Throws ValidationError for a marker that no answer gave. */
export const pageOf = <T>(
  cloud: Pick<Cloud, 'settings'>,
  { items, keyOf }: { readonly items: readonly T[]; readonly keyOf: (item: T) => string },
  { Marker, PageSize }: PageRequest,
): Page<T> => {
  const size = Math.min(PageSize ?? 400, cloud.settings.pageSize ?? 400);
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const left = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const page = left.slice(0, size);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    next:
      last && left.length > size ? { NextMarker: Buffer.from(mark + last.key).toString('base64url') } : {},
  };
};

const readMarker = (marker: string): string => {
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith(mark)) throw new AwsError('ValidationError', `Invalid marker '${marker}'`);
  return text.slice(mark.length);
};
