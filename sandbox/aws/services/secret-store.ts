// The secrets of an account: found by name, full or partial ARN; gone when their recovery window has passed.
import { AwsError, type Cloud, createStore } from '../cloud.ts';

export type Tag = { readonly Key?: string; readonly Value?: string };

export type Content = { readonly string?: string; readonly binary?: Uint8Array };

export type Version = {
  readonly id: string;
  readonly stages: readonly string[];
  readonly content: Content;
  readonly createdAt: number;
};

export type Secret = {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: readonly Tag[];
  readonly versions: readonly Version[];
  readonly createdAt: number;
  readonly changedAt: number;
  readonly deletion: { readonly calledAt: number; readonly goneAt: number } | undefined;
};

/** How long a name stays taken after a forced delete: AWS deletes in the background. */
const forcedDeleteMs = 5_000;

export const notFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");

export const markedForDeletion = (): AwsError =>
  new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The six random characters that AWS appends to the name in an ARN. */
const suffixOf = (hex: string): string =>
  (hex.match(/../g) ?? []).map((pair) => alphabet[Number.parseInt(pair, 16) % alphabet.length]).join('');

const matches = (secret: Secret, id: string): boolean =>
  secret.arn === id || secret.name === (id.startsWith('arn:') ? id.split(':')[6] : id);

export const createSecretStore = (cloud: Cloud) => {
  const store = createStore<Secret>(cloud.clock, cloud.settings.readLagMs);
  const busyNames = new Map<string, number>();
  const exists = (secret: Secret): boolean => !secret.deletion || secret.deletion.goneAt > cloud.clock.now();
  const find = (id: string): Secret | undefined =>
    store.values().find((one) => exists(one) && matches(one, id));
  const see = (id: string): Secret | undefined =>
    store.readValues().find((one) => exists(one) && matches(one, id));
  return {
    /** As writes see it; throws ResourceNotFoundException. */
    need: (id: string): Secret => {
      const secret = find(id);
      if (!secret) throw notFound();
      return secret;
    },
    find,
    /** As reads see it: some time late. */
    see,
    all: (): readonly Secret[] => store.values().filter(exists),
    seen: (): readonly Secret[] => store.readValues().filter(exists),
    save: (secret: Secret): void => store.set(secret.arn, secret),
    forget: (secret: Secret): void => {
      store.delete(secret.arn);
      busyNames.set(secret.name, cloud.clock.now() + forcedDeleteMs);
    },
    isBusy: (name: string): boolean => (busyNames.get(name) ?? 0) > cloud.clock.now(),
    newArn: (name: string): string =>
      `arn:aws:secretsmanager:${cloud.region}:${cloud.accountId}:secret:${name}-${suffixOf(cloud.newId(12))}`,
  };
};

export type SecretStore = ReturnType<typeof createSecretStore>;

const sameContent = (a: Content, b: Content): boolean =>
  a.string === b.string && Buffer.from(a.binary ?? []).equals(Buffer.from(b.binary ?? []));

/**
 * Adds a version, moving its stages to it; the version that loses AWSCURRENT becomes AWSPREVIOUS. The same id with the
 * same content changes nothing; with other content it throws ResourceExistsException.
 */
export const addVersion = (
  versions: readonly Version[],
  added: Version,
): { readonly versions: readonly Version[]; readonly changed: boolean } => {
  const existing = versions.find(({ id }) => id === added.id);
  if (existing && !sameContent(existing.content, added.content))
    throw new AwsError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${added.id} because that value is already in use for a version of this secret.`,
    );
  if (existing) return { versions, changed: false };
  const takesCurrent = added.stages.includes('AWSCURRENT');
  const older = versions.map((version) => {
    const wasCurrent = takesCurrent && version.stages.includes('AWSCURRENT');
    const kept = version.stages.filter(
      (stage) => !added.stages.includes(stage) && !(takesCurrent && stage === 'AWSPREVIOUS'),
    );
    return { ...version, stages: wasCurrent ? [...kept, 'AWSPREVIOUS'] : kept };
  });
  return { versions: [...older, added], changed: true };
};

export type Account = { readonly cloud: Cloud; readonly store: SecretStore };

export type ById = { readonly SecretId: string };

/** The members that most operations answer. */
export const answerOf = (secret: Secret, version: Version | undefined): object => ({
  ARN: secret.arn,
  Name: secret.name,
  ...(version ? { VersionId: version.id } : {}),
});
