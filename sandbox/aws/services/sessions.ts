// Sessions of roles: what AssumeRole hands out, narrowed by the policies that were given with it.
import { deflateRawSync } from 'node:zlib';
import { AwsError, type Cloud } from '../cloud.ts';
import type { Signature } from '../protocol/route.ts';
import type { AssumableRole, Iam } from './iam.ts';
import { parsePolicy, type Statement } from './policy.ts';

export type Session = {
  readonly accessKeyId: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly token: string;
  readonly expiresAt: number;
  /** Undefined: nothing narrows the role. */
  readonly policies: readonly Statement[] | undefined;
};

export type SessionInput = {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds?: number;
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
};

/** Percent of what AWS's packed form holds. That form is not public: a compressed size of 1 KiB stands for it. */
const packedSize = ({ Policy = '', PolicyArns = [] }: SessionInput): number =>
  Math.ceil((deflateRawSync(Policy + PolicyArns.map(({ arn }) => arn).join('')).byteLength / 1024) * 100);

const sessionPolicies = (input: SessionInput, iam: Iam): Session['policies'] => {
  const { Policy, PolicyArns = [] } = input;
  if (Policy === undefined && PolicyArns.length === 0) return undefined;
  const unknown = PolicyArns.map(({ arn = '' }) => arn).filter((arn) => !iam.managedPolicy(arn));
  if (unknown.length > 0)
    throw new AwsError(
      'ValidationError',
      `Policies do not exist or are not attachable: ${unknown.join(', ')}`,
    );
  const size = packedSize(input);
  if (size > 100)
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${size}% of allotted space, please use smaller policy.`,
    );
  return [
    ...(Policy === undefined ? [] : parsePolicy(Policy)),
    ...PolicyArns.flatMap(({ arn = '' }) => iam.managedPolicy(arn) ?? []),
  ];
};

const checkDuration = ({ DurationSeconds = 3600 }: SessionInput, most: number): void => {
  if (DurationSeconds > most)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
};

/** Throws ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge. */
export const openSession = (
  cloud: Cloud,
  { input, role, iam }: { readonly input: SessionInput; readonly role: AssumableRole; readonly iam: Iam },
): Session => {
  checkDuration(input, role.maxSessionDuration);
  return {
    accessKeyId: `ASIA${cloud.newId(16).toUpperCase()}`,
    arn: `arn:aws:sts::${cloud.accountId}:assumed-role/${role.name}/${input.RoleSessionName}`,
    roleArn: role.arn,
    token: cloud.newId(64),
    expiresAt: cloud.clock.now() + (input.DurationSeconds ?? 3600) * 1000,
    policies: sessionPolicies(input, iam),
  };
};

/** The members that both ways to assume a role answer. */
export const answerOf = (
  cloud: Cloud,
  session: Session,
  input: SessionInput & { readonly roleId: string },
) => ({
  Credentials: {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: cloud.newId(40),
    SessionToken: session.token,
    Expiration: new Date(session.expiresAt),
  },
  AssumedRoleUser: { AssumedRoleId: `${input.roleId}:${input.RoleSessionName}`, Arn: session.arn },
  ...(session.policies ? { PackedPolicySize: packedSize(input) } : {}),
});

const isJson = (service: string): boolean =>
  ['ecs', 'secretsmanager', 'logs', 'elasticfilesystem'].includes(service);

/** The session whose key signed a request; throws AwsError for an expired or forged one. */
export const demandSession = (session: Session | undefined, signature: Signature, now: number): Session => {
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
  return session;
};
