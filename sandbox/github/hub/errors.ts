// GitHub's refusals, in its own words: what octokit makes its RequestError of.

export type Refusal = {
  readonly status: number;
  readonly message: string;
  readonly errors?: readonly object[];
  readonly headers?: Readonly<Record<string, string>>;
};

export class HubError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'HubError';
    this.refusal = refusal;
  }
}

export const refuse = (status: number, message: string): HubError => new HubError({ status, message });

export const notFound = (): HubError => refuse(404, 'Not Found');

/** GitHub's 422 with one error object. */
export const invalid = (error: {
  readonly resource: string;
  readonly code: string;
  readonly field: string;
  readonly message?: string;
}): HubError => new HubError({ status: 422, message: 'Validation Failed', errors: [error] });

/** GitHub's 422 for a body that does not fit the route's schema. */
export const malformed = (problems: readonly string[]): HubError =>
  refuse(422, `Invalid request.\n\n${problems.join('\n')}`);

/** What GitHub has and this hub has not: a test that needs it shall fail loudly. */
export const unknownHere = (what: string): HubError =>
  refuse(501, `The sandbox's GitHub does not know ${what}. Add it to sandbox/github/hub.`);
