// STS: who a key belongs to, and short-lived keys for tokens that a role's trust policy accepts.
import { AwsError, type CallContext, type Cloud, type Operations } from '../cloud.ts';
import type { Signature } from '../protocol/route.ts';
import type { Iam } from './iam.ts';
import { conditionsHold, parseTrustPolicy } from './policy.ts';
import { type Claims, issuer, type TokenIssuer } from './tokens.ts';

type Session = {
  readonly accessKeyId: string;
  readonly arn: string;
  readonly token: string;
  readonly expiresAt: number;
};

type AssumeInput = {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
  readonly DurationSeconds?: number;
};

export type Sts = {
  readonly operations: Operations;
  /**
   * ARN of the caller. Keys that STS gave out work until they expire; any other key is a user of the account named
   * after it. Throws AwsError for an expired or forged session.
   */
  readonly identify: (signature: Signature) => string;
};

const notAuthorized = (): AwsError =>
  new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');

const trusts = (trustPolicy: string, claims: Claims): boolean => {
  const values = { [`${issuer}:sub`]: String(claims.sub), [`${issuer}:aud`]: String(claims.aud) };
  const hits = parseTrustPolicy(trustPolicy).filter(
    (statement) =>
      statement.actions.includes('sts:AssumeRoleWithWebIdentity') &&
      (statement.principals.Federated ?? []).some((arn) => arn.endsWith(`oidc-provider/${issuer}`)) &&
      conditionsHold(statement.conditions, values),
  );
  return hits.some(({ effect }) => effect === 'Allow') && !hits.some(({ effect }) => effect === 'Deny');
};

const isJson = (service: string): boolean =>
  ['ecs', 'secretsmanager', 'logs', 'elasticfilesystem'].includes(service);

const identifySession = (session: Session | undefined, signature: Signature, now: number): string => {
  const json = isJson(signature.service);
  if (session?.token !== signature.sessionToken || !session)
    throw new AwsError(
      json ? 'UnrecognizedClientException' : 'InvalidClientTokenId',
      'The security token included in the request is invalid.',
    );
  if (session.expiresAt <= now)
    throw new AwsError(
      json ? 'ExpiredTokenException' : 'ExpiredToken',
      'The security token included in the request is expired',
    );
  return session.arn;
};

/** The claims of a token that may assume the role; throws what STS answers otherwise. */
const admit = (input: AssumeInput, iam: Iam, tokens: TokenIssuer): Claims => {
  const claims = tokens.verify(input.WebIdentityToken);
  if (claims.aud !== 'sts.amazonaws.com')
    throw new AwsError('InvalidIdentityToken', 'Incorrect token audience');
  const trustPolicy = iam.trustPolicyOf(input.RoleArn);
  if (!trustPolicy || !trusts(trustPolicy, claims)) throw notAuthorized();
  return claims;
};

const openSession = (cloud: Cloud, input: AssumeInput): Session => {
  const role = input.RoleArn.split('/').at(-1) ?? '';
  return {
    accessKeyId: `ASIA${cloud.newId(16).toUpperCase()}`,
    arn: `arn:aws:sts::${cloud.accountId}:assumed-role/${role}/${input.RoleSessionName}`,
    token: cloud.newId(64),
    expiresAt: cloud.clock.now() + (input.DurationSeconds ?? 3600) * 1000,
  };
};

const answerOf = (cloud: Cloud, session: Session, claims: Claims): object => ({
  Credentials: {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: cloud.newId(40),
    SessionToken: session.token,
    Expiration: new Date(session.expiresAt),
  },
  SubjectFromWebIdentityToken: claims.sub,
  AssumedRoleUser: {
    AssumedRoleId: `AROA${cloud.newId(17).toUpperCase()}:${session.arn.split('/').at(-1)}`,
    Arn: session.arn,
  },
  Provider: `arn:aws:iam::${cloud.accountId}:oidc-provider/${issuer}`,
  Audience: claims.aud,
});

export const createSts = (cloud: Cloud, iam: Iam, tokens: TokenIssuer): Sts => {
  const sessions = new Map<string, Session>();
  return {
    operations: {
      GetCallerIdentity: (_input: object, { caller }: CallContext) => ({
        Account: cloud.accountId,
        Arn: caller,
        UserId: caller.split('/').slice(1).join(':'),
      }),
      AssumeRoleWithWebIdentity: (input: AssumeInput) => {
        const claims = admit(input, iam, tokens);
        const session = openSession(cloud, input);
        sessions.set(session.accessKeyId, session);
        return answerOf(cloud, session, claims);
      },
    },
    identify: (signature) =>
      signature.accessKeyId.startsWith('ASIA')
        ? identifySession(sessions.get(signature.accessKeyId), signature, cloud.clock.now())
        : `arn:aws:iam::${cloud.accountId}:user/${signature.accessKeyId}`,
  };
};
