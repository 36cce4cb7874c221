// Secrets Manager: its operations, what a starting task gets of them, and what can be told of them without a value.
import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { SecretsPort } from '../ports.ts';
import {
  describeSecret,
  type GetInput,
  getSecretValue,
  type ListInput,
  listSecrets,
} from './secret-reads.ts';
import { type Spoiling, spoilSecret } from './secret-spoiling.ts';
import {
  type Account,
  type ById,
  type Content,
  createSecretStore,
  type Secret,
  type Tag,
} from './secret-store.ts';
import { resolveValueFrom } from './secret-values.ts';
import {
  type CreateInput,
  createSecret,
  type DeleteInput,
  type Details,
  deleteSecret,
  putSecretValue,
  restoreSecret,
  tagResource,
  untagResource,
  updateSecret,
  type Value,
} from './secret-writes.ts';

export type Secrets = SecretsPort & {
  /** Makes a secret that the platform has, unless it is there; answers its ARN. */
  readonly seedSecret: (name: string, value: object) => string;
  readonly spoil: (id: string, spoiling: Spoiling) => void;
  readonly snapshot: () => object;
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Hashes instead of values; per key where the value is a JSON object, so that a test can leave one key out. */
const fingerprint = ({ string, binary }: Content): unknown => {
  if (string === undefined) return hash(Buffer.from(binary ?? []).toString('base64'));
  try {
    const value: unknown = JSON.parse(string);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hash(String(item))]));
  } catch {
    // Not JSON: hashed as a whole.
  }
  return hash(string);
};

const snapshot = (secret: Secret): object => ({
  name: secret.name,
  arn: secret.arn,
  description: secret.description,
  tags: secret.tags,
  deleted: secret.deletion !== undefined,
  values: secret.versions
    .filter(({ stages }) => stages.length > 0)
    .map(({ stages, content }) => ({ stages, value: fingerprint(content) })),
});

export const createSecrets = (cloud: Cloud): Secrets => {
  const account: Account = { cloud, store: createSecretStore(cloud) };
  return {
    operations: {
      CreateSecret: (input: CreateInput) => createSecret(account, input),
      DescribeSecret: (input: ById) => describeSecret(account, input),
      GetSecretValue: (input: GetInput) => getSecretValue(account, input),
      PutSecretValue: (input: ById & Value) => putSecretValue(account, input),
      UpdateSecret: (input: ById & Details) => updateSecret(account, input),
      DeleteSecret: (input: DeleteInput) => deleteSecret(account, input),
      RestoreSecret: (input: ById) => restoreSecret(account, input),
      TagResource: (input: ById & { Tags: readonly Tag[] }) => tagResource(account, input),
      UntagResource: (input: ById & { TagKeys: readonly string[] }) => untagResource(account, input),
      ListSecrets: (input: ListInput) => listSecrets(account, input),
    },
    resolve: (valueFrom) => resolveValueFrom(account.store, valueFrom),
    seedSecret: (name, value) => {
      if (!account.store.find(name))
        createSecret(account, { Name: name, SecretString: JSON.stringify(value) });
      return account.store.need(name).arn;
    },
    spoil: (id, spoiling) => spoilSecret(account, id, spoiling),
    snapshot: () => account.store.all().map(snapshot),
  };
};
