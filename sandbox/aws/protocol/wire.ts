// One HTTP exchange, as both doors hand it to the dispatcher.

export type WireRequest = {
  readonly method: string;
  /** Path without query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What came of a request: an answer, or a connection that broke before the answer arrived. */
export type Exchange =
  | { readonly kind: 'answered'; readonly answer: WireAnswer }
  | { readonly kind: 'reset' };
