// A role assumed through GitHub's OIDC by the action itself: nothing is exported, and the SDK renews before expiry.
import type { Credentials } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { Refused } from '../errors.ts';
import type { Aws } from '../world.ts';
import type { RoleOrigin } from './culprit.ts';
import { explainRefusal } from './refusal.ts';
import { renewing, type Session } from './renewal.ts';
import { type Patience, tryPatiently } from './retry.ts';
import { askToken, type IdToken } from './token.ts';

export type Assuming = Patience & {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly sessionPolicy: string | undefined;
  /** Needs no credentials, the token is the proof; makes one try per call. */
  readonly sts: Pick<Aws['sts'], 'assumeRoleWithWebIdentity'>;
  readonly idToken: IdToken;
  /** The role's trust policy where somebody may read it; undefined otherwise. */
  readonly readTrust: () => Promise<string | undefined>;
  readonly origin?: RoleOrigin | undefined;
};

/**
 * Credentials for any number of clients, each renewal with a fresh token.
 * Throws Failed where GitHub or AWS refuse, Refused where AWS gave a session of another account.
 */
export const assumeThroughGithub = (assuming: Assuming): AwsCredentialIdentityProvider =>
  renewing(() => tryPatiently(() => assumeOnce(assuming), assuming), assuming.clock);

const assumeOnce = async (assuming: Assuming): Promise<Session> => {
  const { roleArn, sessionName, sessionPolicy } = assuming;
  const token = await askToken(assuming.idToken, audienceOf(roleArn));
  try {
    // Without DurationSeconds a session lasts an hour, which no role forbids: its own limit is an hour at least.
    const answer = await assuming.sts.assumeRoleWithWebIdentity({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      WebIdentityToken: token,
      ...(sessionPolicy === undefined ? {} : { Policy: sessionPolicy }),
    });
    checkAccount(roleArn, answer.AssumedRoleUser?.Arn);
    return sessionOf(answer.Credentials);
  } catch (error) {
    throw await explainRefusal(error, {
      roleArn,
      token,
      readTrust: assuming.readTrust,
      origin: assuming.origin,
    });
  }
};

const audienceOf = (roleArn: string): string =>
  roleArn.startsWith('arn:aws-cn:') ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';

export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const checkAccount = (roleArn: string, assumed: string | undefined): void => {
  if (assumed !== undefined && accountOf(assumed) === accountOf(roleArn)) return;
  throw new Refused(
    `AWS was asked for a session of ${roleArn} and gave one of ${assumed ?? 'nobody'}.`,
    'Nothing was written. Look at where AWS_ENDPOINT_URL and the proxy send this job.',
  );
};

const sessionOf = (given: Credentials | undefined): Session => ({
  accessKeyId: given?.AccessKeyId ?? '',
  secretAccessKey: given?.SecretAccessKey ?? '',
  sessionToken: given?.SessionToken ?? '',
  expiration: given?.Expiration ?? new Date(0),
});
