// Lists of EC2's: chosen by ids and filters, in pages.
import { AwsError, type Cloud } from '../cloud.ts';
import { pageOf } from './pages.ts';

type Filter = { readonly Name?: string; readonly Values?: readonly string[] };
export type Paging = {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly Filters?: readonly Filter[];
};

/** The list's own greatest page; 1000 unless given. */
type Sized = Paging & { readonly most?: number };

export type Listing<T> = {
  readonly items: readonly T[];
  readonly ids: readonly string[] | undefined;
  readonly idOf: (item: T) => string;
  /** What a filter compares, by its name; one value that fits is enough. */
  readonly filters: Readonly<Record<string, (item: T) => readonly string[]>>;
  readonly missing: (id: string) => AwsError;
};

/** A filter's value may hold `*` and `?`. */
const fits = (value: string, pattern: string): boolean => {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value);
};

/** Throws the listing's `missing` for an id that is not there, InvalidParameterValue for an unknown filter. */
export const select = <T>(listing: Listing<T>, wanted: readonly Filter[]): readonly T[] => {
  const { items, ids, idOf, filters } = listing;
  const gone = ids?.find((id) => !items.some((item) => idOf(item) === id));
  if (gone !== undefined) throw listing.missing(gone);
  const unknown = wanted.find(({ Name = '' }) => !filters[Name]);
  if (unknown)
    throw new AwsError(
      'InvalidParameterValue',
      `The filter '${unknown.Name}' is invalid, or the sandbox does not know it`,
    );
  return items
    .filter((item) => !ids?.length || ids.includes(idOf(item)))
    .filter((item) =>
      wanted.every(({ Name = '', Values = [] }) =>
        Values.some((pattern) => filters[Name]?.(item).some((value) => fits(value, pattern))),
      ),
    );
};

export const missing =
  (code: string, what: string) =>
  (id: string): AwsError =>
    new AwsError(code, `The ${what} '${id}' does not exist`);

export const page = <T>(items: readonly T[], { most = 1000, ...input }: Sized, cloud: Cloud) =>
  pageOf(
    items,
    {
      scope: input.Filters,
      token: input.NextToken,
      limit: input.MaxResults,
      most,
      invalid: new AwsError('InvalidNextToken', 'The specified NextToken is invalid'),
    },
    cloud.settings,
  );
