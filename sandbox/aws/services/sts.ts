// STS: who a key belongs to, and short-lived keys for those whom a role's trust policy lets in.
import { AwsError, type CallContext, type Cloud, type Operations } from '../cloud.ts';
import type { Signature } from '../protocol/route.ts';
import type { AssumableRole, Iam } from './iam.ts';
import { trusts } from './policy.ts';
import { keysOf } from './policy-patterns.ts';
import { answerOf, demandSession, openSession, type Session, type SessionInput } from './sessions.ts';
import { type Claims, issuer, type TokenIssuer } from './tokens.ts';
import { keysOfClaims, namesOfCaller, roleNameOf } from './trust.ts';

type WebIdentityInput = SessionInput & { readonly WebIdentityToken: string };
type AssumeInput = SessionInput & { readonly ExternalId?: string };

/** What else AssumeRole takes; nobody here has use for it. */
const notPlayed = [
  'Tags',
  'TransitiveTagKeys',
  'SerialNumber',
  'TokenCode',
  'SourceIdentity',
  'ProvidedContexts',
];

/** Who calls. A user may do everything in the account, a session what its role and its own policies allow. */
export type Principal = {
  readonly arn: string;
  readonly session: Pick<Session, 'roleArn' | 'policies'> | undefined;
};

export type Sts = {
  readonly operations: Operations;
  /**
   * The caller. Keys that STS gave out work until they expire; any other key is a user of the account named after it.
   * Throws AwsError for an expired or forged session.
   */
  readonly identify: (signature: Signature) => Principal;
};

/** A role that was assumed may not be the start of a longer session. */
const longestChained = 3600;

const providerArn = (cloud: Cloud): string => `arn:aws:iam::${cloud.accountId}:oidc-provider/${issuer}`;

type Parts = { readonly cloud: Cloud; readonly iam: Iam; readonly tokens: TokenIssuer };

/** The role and the claims of a token that may assume it; throws what STS answers otherwise. */
const admit = (
  input: WebIdentityInput,
  { cloud, iam, tokens }: Parts,
): { readonly role: AssumableRole; readonly claims: Claims } => {
  const action = 'sts:AssumeRoleWithWebIdentity';
  const claims = tokens.verify(input.WebIdentityToken, iam.oidcAudiences);
  const role = iam.assumableRole(input.RoleArn);
  const keys = keysOf({ ...keysOfClaims(claims), 'sts:RoleSessionName': input.RoleSessionName });
  const principal = { kind: 'Federated', names: [providerArn(cloud)] } as const;
  // A role that is not there is denied in the same words, so that nobody learns which roles exist.
  if (!role || !trusts(role.trust, { action, principal, keys }))
    throw new AwsError('AccessDenied', `Not authorized to perform ${action}`);
  return { role, claims };
};

/** For a caller of the account; the authorization table asks for its permission beside. */
const admitCaller = (input: AssumeInput, caller: string, { cloud, iam }: Parts): AssumableRole => {
  const action = 'sts:AssumeRole';
  const unknown = notPlayed.filter((name) => name in input);
  if (unknown.length > 0)
    throw new AwsError(
      'UnknownOperation',
      `sts AssumeRole with ${unknown.join(', ')}: the sandbox does not know it.`,
    );
  const role = iam.assumableRole(input.RoleArn);
  const keys = keysOf({
    'sts:RoleSessionName': input.RoleSessionName,
    'sts:ExternalId': input.ExternalId,
    'aws:PrincipalArn': caller,
    'aws:PrincipalAccount': cloud.accountId,
  });
  const principal = { kind: 'AWS', names: namesOfCaller(caller, cloud.accountId) } as const;
  if (!role || !trusts(role.trust, { action, principal, keys }))
    throw new AwsError(
      'AccessDenied',
      `User: ${caller} is not authorized to perform: ${action} on resource: ${input.RoleArn}`,
    );
  if (roleNameOf(caller) !== undefined && (input.DurationSeconds ?? 3600) > longestChained)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  return role;
};

const userIdOf = (caller: string): string => caller.split('/').slice(1).join(':');

export const createSts = (cloud: Cloud, iam: Iam, tokens: TokenIssuer): Sts => {
  const parts = { cloud, iam, tokens };
  const sessions = new Map<string, Session>();
  const open = (input: SessionInput, role: AssumableRole): object => {
    const session = openSession(cloud, { input, role, iam });
    sessions.set(session.accessKeyId, session);
    return answerOf(cloud, session, { ...input, roleId: role.id });
  };
  return {
    operations: {
      GetCallerIdentity: (_input: object, { caller }: CallContext) => ({
        Account: cloud.accountId,
        Arn: caller,
        UserId: userIdOf(caller),
      }),
      AssumeRole: (input: AssumeInput, { caller }: CallContext) =>
        open(input, admitCaller(input, caller, parts)),
      AssumeRoleWithWebIdentity: (input: WebIdentityInput) => {
        const { role, claims } = admit(input, parts);
        return {
          ...open(input, role),
          SubjectFromWebIdentityToken: claims.sub,
          Provider: providerArn(cloud),
          Audience: claims.aud,
        };
      },
    },
    identify: (signature) => {
      if (!signature.accessKeyId.startsWith('ASIA'))
        return { arn: `arn:aws:iam::${cloud.accountId}:user/${signature.accessKeyId}`, session: undefined };
      const session = demandSession(sessions.get(signature.accessKeyId), signature, cloud.clock.now());
      return { arn: session.arn, session };
    },
  };
};
