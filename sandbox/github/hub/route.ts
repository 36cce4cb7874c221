// One operation of the API: its path, the right it needs, the fields it takes, its answer in octokit's own types, so that
// a field GitHub does not send does not compile.
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { malformed, notFound } from './errors.ts';
import type { State } from './state.ts';

export type Reply<T = unknown> = {
  readonly status: number;
  readonly data?: T;
  readonly headers?: Readonly<Record<string, string>>;
};

/** `issues: write`, as in a workflow's `permissions`. */
export type Need = `${string}: ${'read' | 'write'}`;

/** A request that found its route. */
export type RawCall = {
  readonly state: State;
  readonly url: URL;
  readonly ids: Readonly<Record<string, number>>;
  /** `<base>...<head>` of a comparison's path. */
  readonly basehead: string;
  readonly body: unknown;
};

export type Route = {
  readonly key: string;
  /** Any of these rights will do; none: every token may. */
  readonly needs: (call: Pick<RawCall, 'state' | 'ids'>) => readonly Need[];
  /** Throws HubError. */
  readonly answer: (call: RawCall) => Reply;
};

type Names<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** A subset of octokit's type, for objects with hundreds of fields. */
type Lean<T> = T extends object ? { readonly [K in keyof T]?: Lean<T[K]> } : T;

type Definition<K extends keyof Endpoints, Q extends z.ZodRawShape, B extends z.ZodRawShape> = {
  readonly needs: Route['needs'] | readonly Need[];
  readonly query?: Q;
  readonly body?: B;
  readonly answer: (call: {
    readonly state: State;
    readonly url: URL;
    readonly ids: Readonly<
      Record<Exclude<Names<K>, 'owner' | 'repo' | 'archive_format' | 'basehead'>, number>
    >;
    readonly basehead: string;
    readonly query: z.infer<z.ZodObject<Q>>;
    readonly body: z.infer<z.ZodObject<B>>;
  }) => Reply<Lean<Endpoints[K]['response']['data']>>;
};

export const route = <
  K extends keyof Endpoints,
  Q extends z.ZodRawShape = Record<never, never>,
  B extends z.ZodRawShape = Record<never, never>,
>(
  key: K,
  { needs, query, body, answer }: Definition<K, Q, B>,
): Route => {
  const queryShape = z.strictObject((query ?? {}) as Q);
  const bodyShape = z.strictObject((body ?? {}) as B);
  return {
    key,
    needs: typeof needs === 'function' ? needs : () => needs,
    answer: (call) =>
      answer({
        ...call,
        query: read(queryShape, Object.fromEntries(call.url.searchParams)),
        body: read(bodyShape, call.body ?? {}),
      }),
  };
};

const read = <S extends z.ZodType>(shape: S, value: unknown): z.infer<S> => {
  const result = shape.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw malformed(result.error.issues.flatMap(describe));
};

const describe = (issue: z.core.$ZodIssue): readonly string[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `"${key}" is not a permitted key.`);
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return [`"${issue.path.join('/')}" wasn't supplied.`];
  return [`For 'properties/${issue.path.join('/')}', ${JSON.stringify(issue.input)}: ${issue.message}.`];
};

export type Match = { readonly route: Route; readonly path: Readonly<Record<string, string>> };

export const findRoute = (routes: readonly Route[], method: string, pathname: string): Match | undefined => {
  const parts = pathname.split('/');
  for (const candidate of routes) {
    const path = matchPath(candidate.key.split('/'), [`${method} `, ...parts.slice(1)]);
    if (path) return { route: candidate, path };
  }
  return undefined;
};

const matchPath = (
  template: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined => {
  if (template.length !== parts.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, piece] of template.entries()) {
    const part = decodeURIComponent(parts[index] ?? '');
    if (piece.startsWith('{')) path[piece.slice(1, -1)] = part;
    else if (piece !== part) return undefined;
  }
  return path;
};

/** The numbers of a path. Throws 404 where one is none; archives come as zip only. */
export const idsOf = ({
  owner,
  repo,
  archive_format = 'zip',
  basehead: _,
  ...rest
}: Readonly<Record<string, string>>): Readonly<Record<string, number>> => {
  if (archive_format !== 'zip') throw notFound();
  return Object.fromEntries(
    Object.entries(rest).map(([name, text]) => {
      if (!/^\d{1,16}$/.test(text)) throw notFound();
      return [name, Number(text)];
    }),
  );
};
