// The one wait loop. A judge looks at a snapshot and says ready, pending or failed; the loop only keeps time.
// SDK waiters are not used: they swallow AccessDenied, cannot fail early, and call a rolled-back deployment stable.
import { Failed, UnknownOutcome } from './errors.ts';
import type { World } from './world.ts';

export type Verdict<T = undefined> =
  | { readonly kind: 'ready'; readonly value: T }
  /** An empty `why` is not told: whoever looks tells more than that. */
  | { readonly kind: 'pending'; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly what: string;
      readonly fix: string;
      readonly details?: readonly string[];
    };

export type Wait<S, T> = {
  /** What is waited for, for the log: "service sit-goldencrust-service". */
  readonly what: string;
  readonly observe: () => Promise<S>;
  readonly judge: (snapshot: S) => Verdict<T>;
  /** Milliseconds since the epoch after which waiting is given up. */
  readonly deadline: number;
  /**
   * Milliseconds between looks: the first pause and the longest, each half as long again as the last; or what the next
   * pause is, where that depends on what was seen.
   */
  readonly pause: readonly [number, number] | (() => number);
  /** `ready` must hold this long, in milliseconds, before it counts. */
  readonly stableMs?: number;
};

type Keeping = Pick<World, 'clock' | 'log'>;

/**
 * Looks until the judge says ready (and stays so for `stableMs`), and answers its value.
 * Throws Failed when the judge says failed or the deadline passes, and what `observe` throws unless it is transient.
 */
export const waitUntil = async <S, T>(wait: Wait<S, T>, { clock, log }: Keeping): Promise<T> => {
  const pauseOf = typeof wait.pause === 'function' ? wait.pause : growing(wait.pause);
  let said = '';
  let readySince: number | undefined;
  for (let blips = 0; ; ) {
    const verdict = await look(wait, blips);
    blips = verdict.kind === 'blip' ? blips + 1 : 0;
    if (verdict.kind === 'failed') throw new Failed(verdict.what, verdict.fix, verdict.details);
    const now = clock.now();
    readySince = verdict.kind === 'ready' ? (readySince ?? now) : undefined;
    if (verdict.kind === 'ready' && now - (readySince ?? now) >= (wait.stableMs ?? 0)) return verdict.value;
    const why = verdict.kind === 'ready' ? 'ready; making sure that it stays so' : verdict.why;
    if (why && why !== said) log.info(`${wait.what}: ${why}`);
    said = why;
    if (now >= wait.deadline) throw outOfTime(wait.what, why);
    await clock.sleep(Math.max(1, Math.min(pauseOf(), wait.deadline - now)));
  }
};

const growing = ([first, longest]: readonly [number, number]): (() => number) => {
  let next = first;
  return () => {
    const pause = next;
    next = Math.min(next * 1.5, longest);
    return pause;
  };
};

const outOfTime = (what: string, why: string): Failed =>
  new Failed(
    `${what}: not ready before the deadline. Last seen: ${why}`,
    'If it only needed longer, raise timeout-minutes and run again; the work done so far is kept.',
  );

const look = async <S, T>(
  wait: Wait<S, T>,
  blips: number,
): Promise<Verdict<T> | { readonly kind: 'blip'; readonly why: string }> => {
  try {
    return wait.judge(await wait.observe());
  } catch (error) {
    // A look that failed on the way says nothing about what is looked at; five in a row do.
    if (!isTransient(error) || blips >= 4) throw error;
    return {
      kind: 'blip',
      why: `could not look (${error instanceof Error ? error.name : 'error'}); trying again`,
    };
  }
};

/**
 * Looks up to eight times, two seconds apart: reads may lag behind writes by seconds (ECS, EFS, IAM and Secrets Manager
 * call themselves eventually consistent), so one look that finds nothing proves nothing.
 */
export const seek = async <T>(
  look: () => Promise<T | undefined>,
  clock: World['clock'],
): Promise<T | undefined> => {
  for (let looks = 1; ; looks++) {
    const seen = await look();
    if (seen !== undefined || looks >= 8) return seen;
    await clock.sleep(2_000);
  }
};

const transientNames =
  /Throttl|TooManyRequests|RequestLimitExceeded|Timeout|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|NetworkingError|ServiceUnavailable|InternalFailure|InternalError|ServerException/;

/** Whether trying the same read again can help: network, throttling, 5xx; never AccessDenied or ExpiredToken. */
export const isTransient = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof UnknownOutcome) return true;
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  return (
    transientNames.test(`${error.name} ${String(code ?? '')}`) || ($metadata?.httpStatusCode ?? 0) >= 500
  );
};
