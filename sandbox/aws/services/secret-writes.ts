// Secrets Manager's writes, with its rules on tokens, stages and deletion.
import { AwsError } from '../cloud.ts';
import { optional } from './pages.ts';
import {
  type Account,
  addVersion,
  answerOf,
  type ById,
  type Content,
  markedForDeletion,
  notFound,
  type Secret,
  type Tag,
  type Version,
} from './secret-store.ts';

export type Value = {
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly SecretBinary?: Uint8Array;
};
export type Details = Value & { readonly Description?: string; readonly KmsKeyId?: string };
export type CreateInput = Details & { readonly Name: string; readonly Tags?: readonly Tag[] };
export type DeleteInput = ById & {
  readonly RecoveryWindowInDays?: number;
  readonly ForceDeleteWithoutRecovery?: boolean;
};

const day = 24 * 60 * 60 * 1000;

const contentOf = ({ SecretString, SecretBinary }: Value): Content | undefined => {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  if (SecretString === undefined && SecretBinary === undefined) return undefined;
  return { ...optional('string', SecretString), ...optional('binary', SecretBinary) };
};

const newVersion = (
  { cloud }: Account,
  input: Value & { stages?: readonly string[] | undefined },
): Version | undefined => {
  const content = contentOf(input);
  return (
    content && {
      id: input.ClientRequestToken ?? cloud.newId(32),
      stages: input.stages ?? ['AWSCURRENT'],
      content,
      createdAt: cloud.clock.now(),
    }
  );
};

/** The secret, alive; throws what AWS answers for a missing or deleted one. */
const needAlive = ({ store }: Account, id: string): Secret => {
  const secret = store.need(id);
  if (secret.deletion) throw markedForDeletion();
  return secret;
};

/** The same CreateSecret once more (its answer was lost) is answered as the first was. */
const createAgain = (existing: Secret, version: Version | undefined): object => {
  const before = existing.versions.find(({ id }) => id === version?.id);
  if (!version || !before)
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${existing.name} already exists.`,
    );
  addVersion(existing.versions, version);
  return answerOf(existing, before);
};

export const createSecret = (account: Account, input: CreateInput): object => {
  const { cloud, store } = account;
  const { Name: name } = input;
  if (!/^[A-Za-z0-9/_+=.@!-]+$/.test(name))
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  const version = newVersion(account, input);
  const existing = store.find(name);
  if (existing?.deletion || store.isBusy(name))
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  if (existing) return createAgain(existing, version);
  const now = cloud.clock.now();
  const secret: Secret = {
    name,
    arn: store.newArn(name),
    description: input.Description,
    kmsKeyId: input.KmsKeyId,
    tags: input.Tags ?? [],
    versions: version ? [version] : [],
    createdAt: now,
    changedAt: now,
    deletion: undefined,
  };
  store.save(secret);
  return answerOf(secret, version);
};

export const putSecretValue = (
  account: Account,
  input: ById & Value & { readonly VersionStages?: readonly string[] },
): object => {
  const secret = needAlive(account, input.SecretId);
  const version = newVersion(account, { ...input, stages: input.VersionStages });
  if (!version)
    throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
  const { versions, changed } = addVersion(secret.versions, version);
  if (changed) account.store.save({ ...secret, versions, changedAt: account.cloud.clock.now() });
  const stages = versions.find(({ id }) => id === version.id)?.stages ?? [];
  return { ...answerOf(secret, version), VersionStages: stages };
};

export const updateSecret = (account: Account, input: ById & Details): object => {
  const secret = needAlive(account, input.SecretId);
  const version = newVersion(account, input);
  account.store.save({
    ...secret,
    description: input.Description ?? secret.description,
    kmsKeyId: input.KmsKeyId ?? secret.kmsKeyId,
    versions: version ? addVersion(secret.versions, version).versions : secret.versions,
    changedAt: account.cloud.clock.now(),
  });
  return answerOf(secret, version);
};

const checkWindow = ({
  RecoveryWindowInDays: days,
  ForceDeleteWithoutRecovery: force,
}: DeleteInput): void => {
  if (force && days !== undefined)
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  if (days !== undefined && (days < 7 || days > 30))
    throw new AwsError(
      'InvalidParameterException',
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    );
};

export const deleteSecret = ({ cloud, store }: Account, input: DeleteInput): object => {
  checkWindow(input);
  const now = cloud.clock.now();
  const secret = store.find(input.SecretId);
  if (input.ForceDeleteWithoutRecovery) {
    if (secret) store.forget(secret);
    // Forcing away what is not there succeeds.
    return {
      ARN: secret?.arn ?? store.newArn(input.SecretId),
      Name: secret?.name ?? input.SecretId,
      DeletionDate: new Date(now),
    };
  }
  if (!secret) throw notFound();
  if (secret.deletion) throw markedForDeletion();
  const goneAt = now + (input.RecoveryWindowInDays ?? 30) * day;
  store.save({ ...secret, deletion: { calledAt: now, goneAt } });
  return { ...answerOf(secret, undefined), DeletionDate: new Date(goneAt) };
};

export const restoreSecret = ({ store }: Account, { SecretId }: ById): object => {
  const secret = store.need(SecretId);
  store.save({ ...secret, deletion: undefined });
  return answerOf(secret, undefined);
};

export const tagResource = (account: Account, input: ById & { readonly Tags: readonly Tag[] }): object => {
  const secret = needAlive(account, input.SecretId);
  const kept = secret.tags.filter(({ Key }) => !input.Tags.some((tag) => tag.Key === Key));
  account.store.save({ ...secret, tags: [...kept, ...input.Tags] });
  return {};
};

export const untagResource = (
  account: Account,
  input: ById & { readonly TagKeys: readonly string[] },
): object => {
  const secret = needAlive(account, input.SecretId);
  account.store.save({ ...secret, tags: secret.tags.filter(({ Key = '' }) => !input.TagKeys.includes(Key)) });
  return {};
};
