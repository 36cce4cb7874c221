// GitHub's REST client for actions: octokit of @actions/github over our own fetch, with reads repeated, writes repeated
// only where nothing was sent, and rate limits waited for.
import { Cancelled, Failed, UnknownOutcome } from './errors.ts';
import { type GithubRefusal, isRefusal } from './github-errors.ts';
import type { Clock, Github, Log, World } from './world.ts';
import { fetchThrough, unsentCodes } from './world-github-fetch.ts';

export type GithubGiven = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  /** Values in [0, 1), for jitter. */
  readonly random: () => number;
  /** Aborted when the job is cancelled, with the signal's name as reason. */
  readonly signal?: AbortSignal;
};

const mostTries = 5;
const patience = 15 * 60_000;
/** GitHub's advice for a secondary limit that names no time. */
const unnamedWait = 60_000;

/** Calls throw octokit's RequestError where GitHub refuses, UnknownOutcome where a write's answer was lost, and Failed. */
export const openGithub = (given: GithubGiven): World['github'] => {
  const { env, signal, clock } = given;
  const fetch = fetchThrough({ env, signal, connectMs: 15_000, answerMs: 60_000 });
  return async (token, until = clock.now() + patience) => {
    // Not the package's front door: that one reads the event's file when loaded.
    const { GitHub, getOctokitOptions } = await import('@actions/github/lib/utils');
    const baseUrl = env.GITHUB_API_URL || 'https://api.github.com';
    const github: Github = new GitHub(getOctokitOptions(token, { baseUrl, request: { fetch } }));
    github.hook.wrap('request', async (request, options) => {
      const call = { method: options.method, name: `${options.method} ${options.url}` };
      return repeat(given, { call, until, send: async () => request(options) });
    });
    return github;
  };
};

type Repeating<T> = {
  readonly call: { readonly method: string; readonly name: string };
  readonly until: number;
  readonly send: () => Promise<T>;
};

const repeat = async <T>(given: GithubGiven, { call, until, send }: Repeating<T>): Promise<T> => {
  const { clock, random, signal } = given;
  for (let tries = 1; ; ) {
    try {
      return await send();
    } catch (error) {
      if (signal?.aborted) throw new Cancelled(String(signal.reason));
      const limit = limitOf(error, clock.now());
      if (limit !== undefined) {
        await waitForLimit(given, limit, until);
        continue;
      }
      const end = endOf(error, call);
      if (end) throw end;
      if (tries >= mostTries) throw lastOf(error, call.name);
      await clock.sleep(500 * 2 ** tries * (0.5 + random() / 2));
      tries += 1;
    }
  }
};

/** When a rate limit ends, in milliseconds since the epoch; undefined where the error is none. */
const limitOf = (error: unknown, now: number): number | undefined => {
  if (!isRefusal(error) || (error.status !== 403 && error.status !== 429)) return undefined;
  const { headers } = error.response;
  const after = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(after)) return now + Math.max(1, after) * 1_000;
  // A refusal for want of rights can happen to be the hour's last request too.
  if (error.status === 403 && !/rate limit/i.test(error.message)) return undefined;
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  const isSpent = String(headers['x-ratelimit-remaining']) === '0' && Number.isFinite(reset);
  return isSpent ? Math.max(now, reset * 1_000) + 1_000 : now + unnamedWait;
};

const waitForLimit = async ({ clock, log, random }: GithubGiven, ends: number, until: number) => {
  const at = `${new Date(ends).toISOString().slice(0, 19)}Z`;
  if (ends > until)
    throw new Failed(
      `GitHub's rate limit for this repository is used up until ${at}.`,
      'Run the job again after that time. All jobs of a repository share 1,000 requests an hour; fewer jobs at once need fewer.',
    );
  log.info(`GitHub's rate limit is used up until ${at}: waiting.`);
  // Spread, so that a matrix of jobs does not come back in the same second.
  await clock.sleep(ends - clock.now() + random() * 2_000);
};

/** What ends the call at once; undefined where it may be sent again. */
const endOf = (error: unknown, { method, name }: Repeating<unknown>['call']): unknown => {
  if (!(error instanceof Error) || error.name !== 'HttpError') return error;
  const { status } = error as GithubRefusal;
  if (isRefusal(error) && status < 500) return error;
  if (method === 'GET' || unsentCodes.includes(codeOf(error))) return undefined;
  return new UnknownOutcome(name, reasonOf(error), 'GitHub');
};

const codeOf = ({ cause }: Error): string => String((cause as { code?: unknown } | undefined)?.code ?? '');

const reasonOf = (error: Error): string =>
  isRefusal(error) ? `HTTP ${error.status}` : codeOf(error) || error.message;

const lastOf = (error: unknown, name: string): Failed =>
  new Failed(
    `GitHub's API did not answer ${name} in ${mostTries} tries (${reasonOf(error as Error)}).`,
    'Run the job again; https://www.githubstatus.com says whether GitHub has a disturbance. A self-hosted runner must reach the API, through HTTPS_PROXY where there is one.',
  );
