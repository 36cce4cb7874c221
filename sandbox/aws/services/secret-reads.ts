// Secrets Manager's reads: they lag behind the writes.
import { AwsError } from '../cloud.ts';
import { optional, pageOf } from './pages.ts';
import {
  type Account,
  answerOf,
  type ById,
  markedForDeletion,
  notFound,
  type Secret,
} from './secret-store.ts';

export type ListInput = {
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly IncludePlannedDeletion?: boolean;
  readonly Filters?: readonly { readonly Key?: string; readonly Values?: readonly string[] }[];
};

const describe = (secret: Secret): object => ({
  ARN: secret.arn,
  Name: secret.name,
  ...optional('Description', secret.description),
  ...optional('KmsKeyId', secret.kmsKeyId),
  CreatedDate: new Date(secret.createdAt),
  LastChangedDate: new Date(secret.changedAt),
  ...(secret.deletion ? { DeletedDate: new Date(secret.deletion.calledAt) } : {}),
  ...(secret.tags.length > 0 ? { Tags: secret.tags } : {}),
});

const stagesOf = (secret: Secret): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    secret.versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]),
  );

export const describeSecret = ({ store }: Account, { SecretId }: ById): object => {
  const secret = store.see(SecretId);
  if (!secret) throw notFound();
  return { ...describe(secret), VersionIdsToStages: stagesOf(secret) };
};

export type GetInput = ById & { readonly VersionId?: string; readonly VersionStage?: string };

export const getSecretValue = ({ store }: Account, input: GetInput): object => {
  const secret = store.see(input.SecretId);
  if (!secret) throw notFound();
  if (secret.deletion) throw markedForDeletion();
  const { VersionId: id, VersionStage: stage = id ? undefined : 'AWSCURRENT' } = input;
  const version = secret.versions.find(
    (one) => (id === undefined || one.id === id) && (stage === undefined || one.stages.includes(stage)),
  );
  if (!version)
    throw new AwsError(
      'ResourceNotFoundException',
      stage
        ? `Secrets Manager can't find the specified secret value for staging label: ${stage}`
        : `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
    );
  return {
    ...answerOf(secret, version),
    ...optional('SecretString', version.content.string),
    ...optional('SecretBinary', version.content.binary),
    VersionStages: version.stages,
    CreatedDate: new Date(version.createdAt),
  };
};

const filterTexts = (secret: Secret, key: string): readonly string[] => {
  const tags = {
    'tag-key': secret.tags.map(({ Key = '' }) => Key),
    'tag-value': secret.tags.map(({ Value = '' }) => Value),
  };
  if (key === 'name') return [secret.name];
  if (key === 'description') return [secret.description ?? ''];
  if (key === 'tag-key' || key === 'tag-value') return tags[key];
  return [secret.name, secret.description ?? '', ...tags['tag-key'], ...tags['tag-value']];
};

export const listSecrets = ({ cloud, store }: Account, input: ListInput): object => {
  const { MaxResults, NextToken, Filters = [], IncludePlannedDeletion = false } = input;
  const secrets = store
    .seen()
    .filter((secret) => IncludePlannedDeletion || !secret.deletion)
    .filter((secret) =>
      Filters.every(({ Key = 'all', Values = [] }) =>
        Values.some((value) => filterTexts(secret, Key).some((text) => text.startsWith(value))),
      ),
    );
  const { items, next } = pageOf(
    secrets,
    {
      scope: ['ListSecrets', Filters, IncludePlannedDeletion],
      token: NextToken,
      limit: MaxResults,
      most: 100,
      invalid: new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.'),
    },
    cloud.settings,
  );
  const SecretList = items.map((secret) => ({
    ...describe(secret),
    SecretVersionsToStages: stagesOf(secret),
  }));
  return { SecretList, ...optional('NextToken', next) };
};
