// One session for all clients of an action, renewed before it ends: waits may last longer than a session.
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { Cancelled } from '../errors.ts';
import type { Clock } from '../world.ts';

export type Session = AwsCredentialIdentity & { readonly expiration: Date };

/** The SDK asks again five minutes before the end; a minute more, so that it never gets the same session then. */
const renewMs = 6 * 60_000;
/** What a request still needs of a session. */
const usableMs = 60_000;

/** Answers the same session until it nears its end. A renewal that fails counts only when the old one is of no use. */
export const renewing = (
  open: () => Promise<Session>,
  clock: Pick<Clock, 'now'>,
): AwsCredentialIdentityProvider => {
  let current: Session | undefined;
  let opening: Promise<Session> | undefined;
  const left = (session: Session | undefined): number =>
    session ? session.expiration.getTime() - clock.now() : 0;
  const renew = async (): Promise<Session> => {
    try {
      current = await open();
      return current;
    } catch (error) {
      if (error instanceof Cancelled || !current || left(current) < usableMs) throw error;
      return current;
    }
  };
  return () => {
    if (current && left(current) > renewMs) return Promise.resolve(current);
    // Seven clients ask at once; one call is enough for them.
    opening ??= renew().finally(() => {
      opening = undefined;
    });
    return opening;
  };
};
