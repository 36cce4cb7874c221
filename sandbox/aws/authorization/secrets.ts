// Permissions of Secrets Manager's operations. It decides on the ARN with its six random characters; for a secret that
// is not there it makes some up, so policies need a wildcard at the end to get past a first look.
import type * as Secrets from '@aws-sdk/client-secrets-manager';
import {
  type AccountView,
  type AuthorizationTable,
  anywhere,
  type Need,
  requestTags,
  tagKeys,
  tagsOnCreate,
} from './needs.ts';

const arnOfName = ({ region, accountId }: AccountView, name: string): string =>
  `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-??????`;

const arnOf = (account: AccountView, id = ''): string =>
  account.secretArn(id) ?? (id.startsWith('arn:') ? id : arnOfName(account, id));

type ById = { readonly SecretId: string | undefined };

const onSecret =
  (name: string) =>
  ({ SecretId }: ById, account: AccountView): readonly Need[] => [
    {
      action: `secretsmanager:${name}`,
      resource: arnOf(account, SecretId),
      keys: { 'secretsmanager:SecretId': SecretId },
    },
  ];

const createSecret = (
  { Name = '', Tags }: Secrets.CreateSecretCommandInput,
  account: AccountView,
): readonly Need[] => {
  const resource = arnOfName(account, Name);
  return [
    {
      action: 'secretsmanager:CreateSecret',
      resource,
      keys: { 'secretsmanager:Name': Name, ...requestTags(Tags) },
    },
    ...tagsOnCreate({ action: 'secretsmanager:TagResource', resource }, Tags),
  ];
};

const getValue = (
  { SecretId, VersionId, VersionStage }: Secrets.GetSecretValueCommandInput,
  account: AccountView,
): readonly Need[] => [
  {
    action: 'secretsmanager:GetSecretValue',
    resource: arnOf(account, SecretId),
    keys: {
      'secretsmanager:SecretId': SecretId,
      'secretsmanager:VersionId': VersionId,
      'secretsmanager:VersionStage': VersionStage,
    },
  },
];

const deleteSecret = (input: Secrets.DeleteSecretCommandInput, account: AccountView): readonly Need[] => [
  {
    action: 'secretsmanager:DeleteSecret',
    resource: arnOf(account, input.SecretId),
    keys: {
      'secretsmanager:SecretId': input.SecretId,
      'secretsmanager:ForceDeleteWithoutRecovery': String(input.ForceDeleteWithoutRecovery ?? false),
      'secretsmanager:RecoveryWindowInDays': input.RecoveryWindowInDays?.toString(),
    },
  },
];

export const secretsPermissions: AuthorizationTable = {
  CreateSecret: createSecret,
  DeleteSecret: deleteSecret,
  DescribeSecret: onSecret('DescribeSecret'),
  GetSecretValue: getValue,
  ListSecrets: anywhere('secretsmanager:ListSecrets'),
  PutSecretValue: onSecret('PutSecretValue'),
  RestoreSecret: onSecret('RestoreSecret'),
  TagResource: ({ SecretId, Tags }: Secrets.TagResourceCommandInput, account) =>
    onSecret('TagResource')({ SecretId }, account).map((need) => ({
      ...need,
      keys: { ...need.keys, ...requestTags(Tags) },
    })),
  UntagResource: ({ SecretId, TagKeys }: Secrets.UntagResourceCommandInput, account) =>
    onSecret('UntagResource')({ SecretId }, account).map((need) => ({
      ...need,
      keys: { ...need.keys, ...tagKeys(TagKeys) },
    })),
  UpdateSecret: onSecret('UpdateSecret'),
};
