// GitHub's two rate limits: requests an hour for the repository's tokens together, and writes a minute.
import { HubError } from './errors.ts';
import type { State } from './state.ts';

export type Limits = {
  /** Counts a request; throws HubError where it is one too many. Answers the headers that every answer carries. */
  readonly take: (method: string) => Readonly<Record<string, string>>;
};

const hour = 3_600_000;
const minute = 60_000;

export const createLimits = ({ settings, now }: State): Limits => {
  let windowEnds = 0;
  let used = 0;
  let writes: readonly number[] = [];
  const headers = (): Readonly<Record<string, string>> => ({
    'x-ratelimit-limit': String(settings.requestsPerHour),
    'x-ratelimit-remaining': String(Math.max(0, settings.requestsPerHour - used)),
    'x-ratelimit-used': String(Math.min(used, settings.requestsPerHour)),
    'x-ratelimit-reset': String(Math.ceil(windowEnds / 1_000)),
    'x-ratelimit-resource': 'core',
  });
  return {
    take: (method) => {
      if (now() >= windowEnds) {
        windowEnds = now() + hour;
        used = 0;
      }
      used += 1;
      if (used > settings.requestsPerHour)
        throw new HubError({
          status: 403,
          message: 'API rate limit exceeded for installation. Please wait until the limit is reset.',
          headers: headers(),
        });
      if (method === 'GET') return headers();
      writes = writes.filter((at) => at > now() - minute);
      if (writes.length >= settings.writesPerMinute) {
        const seconds = Math.ceil(((writes[0] ?? 0) + minute - now()) / 1_000);
        throw secondaryLimit(403, seconds, headers());
      }
      writes = [...writes, now()];
      return headers();
    },
  };
};

export const secondaryLimit = (
  status: 403 | 429,
  retryAfter: number,
  headers: Readonly<Record<string, string>>,
): HubError =>
  new HubError({
    status,
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    headers: { ...headers, 'retry-after': String(retryAfter) },
  });
