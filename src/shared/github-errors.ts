// GitHub's refusals, told to the person who owns the workflow.
import { Failed } from './errors.ts';

/** What a call was for. */
export type Needs = {
  /** `comment on the pull request`, after "could not". */
  readonly to: string;
  /** Lines of the job's `permissions`: `pull-requests: write`. */
  readonly permissions: readonly string[];
};

/** Octokit's RequestError, as far as it is read. */
export type GithubRefusal = Error & {
  readonly status: number;
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  };
};

/** Whether GitHub answered, and said no. A request without an answer is none. */
export const isRefusal = (
  error: unknown,
): error is GithubRefusal & Required<Pick<GithubRefusal, 'response'>> =>
  error instanceof Error && error.name === 'HttpError' && 'response' in error && error.response !== undefined;

/** Failed with the permission that is missing, for a refused call; any other error as it came. */
export const explainGithub = (error: unknown, { to, permissions }: Needs): unknown => {
  if (!isRefusal(error)) return error;
  const what = `GitHub could not ${to}: HTTP ${error.status}, ${error.message.replace(/ - https?:\S+$/, '')}.`;
  return new Failed(what, fixOf(error.status, permissions));
};

const fixOf = (status: number, permissions: readonly string[]): string => {
  const grant = `Give the job \`permissions\` ${permissions.map((line) => `\`${line}\``).join(' and ')}`;
  if (status === 401)
    return `The token is not valid, or its job has ended: pass this very job's \`github.token\`.`;
  if (status === 403)
    return `${grant}, in the workflow that starts the run too where this one is called from it. A pull request from a fork gets a read-only token whatever the workflow says.`;
  if (status === 404)
    return `${grant}, and check that what was asked for is in this repository: GitHub answers 404 for what a token may not see.`;
  if (status === 422) return 'GitHub refused the content of the request; the message above names the field.';
  return 'Run the job again; https://www.githubstatus.com says whether GitHub has a disturbance.';
};
