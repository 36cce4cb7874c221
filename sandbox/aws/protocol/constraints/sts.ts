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
    ['AssumeRoleWithWebIdentityRequest.RoleArn', 'PolicyDescriptorType.arn'],
  ],
  [{ min: 2, max: 64, pattern: '[\\w+=,.@-]*' }, ['AssumeRoleWithWebIdentityRequest.RoleSessionName']],
  [{ min: 4, max: 20000 }, ['AssumeRoleWithWebIdentityRequest.WebIdentityToken']],
  [{ min: 4, max: 2048 }, ['AssumeRoleWithWebIdentityRequest.ProviderId']],
  [
    { min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
    ['AssumeRoleWithWebIdentityRequest.Policy'],
  ],
  [{ min: 900, max: 43200 }, ['AssumeRoleWithWebIdentityRequest.DurationSeconds']],
);
