// What AWS's models of secrets say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const secretsConstraints: ConstraintTable = rules(
  [{ min: 1, max: 512 }, ['CreateSecretRequest.Name']],
  [
    { min: 32, max: 64 },
    [
      'CreateSecretRequest.ClientRequestToken',
      'GetSecretValueRequest.VersionId',
      'PutSecretValueRequest.ClientRequestToken',
      'UpdateSecretRequest.ClientRequestToken',
    ],
  ],
  [{ max: 2048 }, ['CreateSecretRequest.Description', 'UpdateSecretRequest.Description']],
  [
    { min: 0, max: 2048 },
    ['CreateSecretRequest.KmsKeyId', 'ReplicaRegionType.KmsKeyId', 'UpdateSecretRequest.KmsKeyId'],
  ],
  [
    { min: 1, max: 65536 },
    [
      'CreateSecretRequest.SecretBinary',
      'CreateSecretRequest.SecretString',
      'PutSecretValueRequest.SecretBinary',
      'PutSecretValueRequest.SecretString',
      'UpdateSecretRequest.SecretBinary',
      'UpdateSecretRequest.SecretString',
    ],
  ],
  [{ min: 1, max: 128 }, ['Tag.Key', 'UntagResourceRequest.TagKeys[]']],
  [{ min: 0, max: 256 }, ['Tag.Value', 'CreateSecretRequest.Type', 'UpdateSecretRequest.Type']],
  [{ min: 1 }, ['CreateSecretRequest.AddReplicaRegions']],
  [{ min: 1, max: 128, pattern: '^([a-z]+-)+\\d+$' }, ['ReplicaRegionType.Region']],
  [
    { min: 1, max: 2048 },
    [
      'DescribeSecretRequest.SecretId',
      'GetSecretValueRequest.SecretId',
      'PutSecretValueRequest.SecretId',
      'UpdateSecretRequest.SecretId',
      'DeleteSecretRequest.SecretId',
      'RestoreSecretRequest.SecretId',
      'TagResourceRequest.SecretId',
      'UntagResourceRequest.SecretId',
    ],
  ],
  [{ min: 1, max: 256 }, ['GetSecretValueRequest.VersionStage', 'PutSecretValueRequest.VersionStages[]']],
  [{ min: 1, max: 20 }, ['PutSecretValueRequest.VersionStages']],
  [{ min: 36, max: 256, pattern: '^[a-zA-Z0-9\\-]+$' }, ['PutSecretValueRequest.RotationToken']],
  [{ min: 1, max: 100 }, ['ListSecretsRequest.MaxResults']],
  [{ min: 1, max: 4096 }, ['ListSecretsRequest.NextToken']],
  [{ max: 10 }, ['ListSecretsRequest.Filters']],
  [
    { enum: ['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'] },
    ['Filter.Key'],
  ],
  [{ min: 1, max: 10 }, ['Filter.Values']],
  [{ max: 512, pattern: '^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$' }, ['Filter.Values[]']],
  [{ enum: ['asc', 'desc'] }, ['ListSecretsRequest.SortOrder']],
  [
    { enum: ['created-date', 'last-accessed-date', 'last-changed-date', 'name'] },
    ['ListSecretsRequest.SortBy'],
  ],
);
