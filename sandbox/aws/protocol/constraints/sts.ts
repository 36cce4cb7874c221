// What AWS's models of sts say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const stsConstraints: ConstraintTable = rules(
  [
    {
      min: 20,
      max: 2048,
      pattern:
        '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
    },
    [
      'AssumeRoleWithWebIdentityRequest.RoleArn',
      'PolicyDescriptorType.arn',
      'AssumeRoleRequest.RoleArn',
      'ProvidedContext.ProviderArn',
    ],
  ],
  [
    { min: 2, max: 64, pattern: '[\\w+=,.@-]*' },
    [
      'AssumeRoleWithWebIdentityRequest.RoleSessionName',
      'AssumeRoleRequest.RoleSessionName',
      'AssumeRoleRequest.SourceIdentity',
    ],
  ],
  [{ min: 4, max: 20000 }, ['AssumeRoleWithWebIdentityRequest.WebIdentityToken']],
  [
    { min: 4, max: 2048 },
    ['AssumeRoleWithWebIdentityRequest.ProviderId', 'ProvidedContext.ContextAssertion'],
  ],
  [
    { min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
    ['AssumeRoleWithWebIdentityRequest.Policy'],
  ],
  [
    { min: 900, max: 43200 },
    ['AssumeRoleWithWebIdentityRequest.DurationSeconds', 'AssumeRoleRequest.DurationSeconds'],
  ],
  [{ min: 1, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' }, ['AssumeRoleRequest.Policy']],
  [{ max: 50 }, ['AssumeRoleRequest.Tags', 'AssumeRoleRequest.TransitiveTagKeys']],
  [
    { min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' },
    ['Tag.Key', 'AssumeRoleRequest.TransitiveTagKeys[]'],
  ],
  [{ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' }, ['Tag.Value']],
  [{ min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' }, ['AssumeRoleRequest.ExternalId']],
  [{ min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' }, ['AssumeRoleRequest.SerialNumber']],
  [{ min: 6, max: 6, pattern: '[\\d]*' }, ['AssumeRoleRequest.TokenCode']],
  [{ min: 1, max: 5 }, ['AssumeRoleRequest.ProvidedContexts']],
);
