// A role assumed through GitHub's OIDC by the action itself: nothing is exported, and the SDK renews before expiry.
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { Failed } from './errors.ts';
import type { Aws } from './world.ts';

export type Assuming = {
  readonly roleArn: string;
  /** Needs no credentials: the token is the proof. */
  readonly sts: Aws['sts'];
  readonly sessionName: string;
  readonly idToken: (audience: string) => Promise<string>;
};

/** Credentials with an expiration; each renewal asks for a fresh token. Throws Failed where GitHub or AWS refuse. */
export const assumeThroughGithub = (assuming: Assuming): AwsCredentialIdentityProvider => {
  const { roleArn, sts, sessionName, idToken } = assuming;
  return async () => {
    const token = await askToken(idToken);
    try {
      const answer = await sts.assumeRoleWithWebIdentity({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        WebIdentityToken: token,
      });
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = answer.Credentials ?? {};
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        ...(SessionToken ? { sessionToken: SessionToken } : {}),
        ...(Expiration ? { expiration: Expiration } : {}),
      };
    } catch (error) {
      throw explainDenied(error, roleArn, token);
    }
  };
};

const askToken = async (idToken: Assuming['idToken']): Promise<string> => {
  try {
    return await idToken('sts.amazonaws.com');
  } catch {
    throw new Failed(
      'GitHub gave no OIDC token for role-to-assume.',
      'Give the job `permissions: id-token: write`. A pull request from a fork never gets one.',
    );
  }
};

const claims = ['sub', 'aud', 'repository', 'environment', 'ref', 'job_workflow_ref'];

/** Prints what the token says of the job, never the token. */
const explainDenied = (error: unknown, roleArn: string, token: string): unknown => {
  if (!(error instanceof Error) || error.name !== 'AccessDenied') return error;
  const body = readClaims(token);
  return new Failed(
    `AWS did not let this job assume ${roleArn}.`,
    "Compare the role's trust policy with this job's claims below: provider, `aud` and `sub` must match, and the role must exist.",
    claims.filter((claim) => body[claim] !== undefined).map((claim) => `${claim}: ${String(body[claim])}`),
  );
};

const readClaims = (token: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return {};
  }
};

const ambientSources = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/**
 * An endpoint on this machine is a sandbox, which takes any key: AWS_ENDPOINT_URL alone is enough to use it.
 * Undefined where the endpoint is another, or the job has credentials.
 */
export const sandboxCredentials = (
  env: Readonly<Record<string, string | undefined>>,
): AwsCredentialIdentityProvider | undefined => {
  const isLocal = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(env.AWS_ENDPOINT_URL ?? '');
  if (!isLocal || ambientSources.some((name) => env[name])) return undefined;
  return async () => ({ accessKeyId: 'sandbox', secretAccessKey: 'sandbox' });
};
