// Whose credentials a connection has: a role's through GitHub's OIDC, the job's own, or any at all in a sandbox.
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { assumeThroughGithub } from './oidc/assume.ts';
import type { Patience } from './oidc/retry.ts';
import type { IdToken } from './oidc/token.ts';
import type { Aws, Connection } from './world.ts';
import { type ClientConfig, type Clients, connectAws } from './world-aws.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type Machine = Patience & {
  readonly env: Environment;
  readonly idToken: IdToken;
  readonly clients: Clients;
  /** Where clients are to go instead of AWS's endpoints, for the sandbox's in-process door. */
  readonly door?: Pick<ClientConfig, 'endpoint' | 'requestHandler'>;
};

/** `world.connect`. Nothing is loaded, asked for or sent before the first call. */
export const connectThrough =
  ({ env, idToken, clients, clock, random, door }: Machine) =>
  ({ region, roleArn, sessionName, sessionPolicy, roleFrom }: Connection): Aws => {
    const place = { region, proxyEnv: env, ...door };
    const sandbox = sandboxCredentials(env);
    const ambient = sandbox ? { ...place, credentials: sandbox } : place;
    if (roleArn === undefined) return connectAws(ambient, clients);
    // One try a call: each wants a new token, which the SDK's own retries do not fetch.
    const { sts } = connectAws({ ...place, maxAttempts: 1, requestTimeoutMs: 15_000 }, clients);
    const readTrust = async (): Promise<string | undefined> =>
      hasAmbient(env) || sandbox ? readTrustPolicy(connectAws(ambient, clients), roleArn) : undefined;
    const credentials = assumeThroughGithub({
      roleArn,
      sessionName,
      sessionPolicy,
      sts,
      idToken,
      readTrust,
      origin: roleFrom,
      clock,
      random,
    });
    return connectAws({ ...place, credentials }, clients);
  };

/** Undefined where the credentials see a role of that name in another account. */
const readTrustPolicy = async ({ iam }: Pick<Aws, 'iam'>, roleArn: string): Promise<string | undefined> => {
  const { Role } = await iam.getRole({ RoleName: roleArn.split('/').at(-1) });
  return Role?.Arn === roleArn ? decodeURIComponent(Role.AssumeRolePolicyDocument ?? '') : undefined;
};

const ambientSources = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

const hasAmbient = (env: Environment): boolean => ambientSources.some((name) => env[name]);

/**
 * An endpoint on this machine is a sandbox, which takes any key: AWS_ENDPOINT_URL alone is enough to use it.
 * Undefined where the endpoint is another, or the job has credentials.
 */
export const sandboxCredentials = (env: Environment): AwsCredentialIdentityProvider | undefined => {
  const isLocal = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(env.AWS_ENDPOINT_URL ?? '');
  if (!isLocal || hasAmbient(env)) return undefined;
  return async () => ({ accessKeyId: 'sandbox', secretAccessKey: 'sandbox' });
};
