// AWS refused a call, or never heard it: for want of a permission, of credentials, of patience or of a network.
import { type CallRule, refusedAs } from '../call-evidence.ts';
import { missingRules } from './credentials-missing.ts';
import { permissionRules } from './credentials-permissions.ts';

const certain = { area: 'credentials', level: 'cause', sure: 'certain' } as const;
const permanent = { ...certain, lasts: 'permanent' } as const;

const beyond = 'Run the same action again: it gets beyond the call that was refused.';
const whoAmI =
  '`aws sts get-caller-identity` with the same credentials answers the account of the environment.';

const identityRules: readonly CallRule[] = [
  {
    ...certain,
    id: 'session-expired',
    lasts: 'passing',
    symptoms: [
      'ExpiredTokenException: The security token included in the request is expired',
      'ExpiredToken: The provided token has expired.',
    ],
    sees: refusedAs({ name: /ExpiredToken/ }),
    cause: 'The credentials expired while the action ran.',
    fix: ['Use role-to-assume, which renews them, or a longer session.'],
    verify: beyond,
  },
  {
    ...permanent,
    id: 'sso-session-expired',
    symptoms: [
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
      'The SSO session associated with this profile is invalid.',
      "Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      'SSO session token associated with profile=… was not found or is invalid',
    ],
    sees: refusedAs({
      name: /^(?:Credentials|Token)ProviderError$/,
      said: /SSO session|aws sso login/,
    }),
    cause:
      'The credentials are those of an SSO profile (AWS_PROFILE), and its session has expired or was never opened.',
    fix: [
      'On your own machine: `aws sso login --profile <profile>`, then run again with `AWS_PROFILE=<profile>`.',
      "In a workflow nobody can log in: set role-to-assume and give the job `permissions: id-token: write`, so that GitHub's OIDC takes the place of SSO, and take AWS_PROFILE out of the job.",
    ],
    verify: whoAmI,
    link: 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html',
  },
  {
    ...permanent,
    id: 'credentials-missing',
    symptoms: [
      'CredentialsProviderError: Could not load credentials from any providers',
      'Unable to locate credentials',
    ],
    sees: refusedAs({
      name: /^CredentialsProviderError$/,
      said: /^(?!.*(?:SSO session|aws sso login))/s,
    }),
    cause: 'No AWS credentials were found.',
    fix: [
      'Set role-to-assume and give the job `permissions: id-token: write`, or put credentials into the environment.',
    ],
    verify: whoAmI,
  },
  {
    ...certain,
    id: 'clock-wrong',
    lasts: 'unknown',
    symptoms: [
      'Signature expired: … is now earlier than …',
      'Signature not yet current',
      'RequestExpired: Request has expired.',
      'RequestTimeTooSkewed',
    ],
    sees: refusedAs({
      name: /^(?:InvalidSignature|SignatureDoesNotMatch|RequestExpired|RequestTimeTooSkewed|AuthFailure)/,
      said: /Signature expired|not yet current|has expired|too large/,
    }),
    cause: "The clock of the machine that runs the action differs from AWS's by more than five minutes.",
    fix: ['Set the clock of the self-hosted runner by NTP: `timedatectl set-ntp true`.'],
    verify: '`timedatectl` says "System clock synchronized: yes".',
  },
  {
    ...permanent,
    id: 'credentials-invalid',
    symptoms: [
      'UnrecognizedClientException: The security token included in the request is invalid.',
      'InvalidClientTokenId: The security token included in the request is invalid.',
      'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.',
      'AuthFailure: AWS was not able to validate the provided access credentials',
    ],
    sees: refusedAs({
      name: /^(?:UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|AuthFailure)/,
    }),
    cause:
      'AWS does not take these access keys: they were deleted or deactivated, copied with a blank at their end, put in without their session token, or the region is not enabled in the account.',
    fix: [
      'Look for spaces and tabs at the ends of the lines of `~/.aws/credentials`, or of the secrets that the job puts into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: `grep -nE "[[:space:]]+$" ~/.aws/credentials`',
      'Better have none: role-to-assume needs no keys (docs/oidc.md).',
    ],
    verify: whoAmI,
  },
];

const passingRules: readonly CallRule[] = [
  {
    ...certain,
    id: 'call-throttled',
    lasts: 'passing',
    symptoms: ['ThrottlingException: Rate exceeded', 'TooManyRequestsException', 'RequestLimitExceeded'],
    sees: refusedAs({ name: /Throttl|TooManyRequests|RequestLimitExceeded/ }),
    cause: 'AWS throttled every try.',
    fix: ['Run again, with fewer jobs at once.'],
    verify: beyond,
  },
  {
    ...permanent,
    id: 'quota-reached',
    symptoms: [
      'TooManyRules',
      'TooManyTargetGroups',
      'AccessPointLimitExceeded',
      'LimitExceededException',
      'ServiceQuotaExceededException',
    ],
    sees: refusedAs({ name: /^TooMany(?!Requests)|(?<!^Request)LimitExceeded|QuotaExceeded/ }),
    cause: 'A quota of the account, or of the load balancer, is used up.',
    fix: [
      'Ask for more: `aws service-quotas list-service-quotas --service-code <elasticloadbalancing, ecs, elasticfilesystem, iam or secretsmanager> --region <region>`, then `aws service-quotas request-service-quota-increase --service-code <service> --quota-code <code> --desired-value <number> --region <region>`. plan-fleet counts beforehand whether all tenants fit.',
      'Or make room: rollback-tenant for tenants that are no longer needed.',
    ],
    verify: beyond,
  },
];

const otherRules: readonly CallRule[] = [
  {
    area: 'credentials',
    id: 'call-unanswered',
    level: 'symptom',
    lasts: 'passing',
    sure: 'certain',
    symptoms: [
      'Could not connect to the endpoint URL',
      'getaddrinfo ENOTFOUND …amazonaws.com',
      'connect ECONNREFUSED',
      'connect ETIMEDOUT',
      'socket hang up',
    ],
    sees: (call) => (call.answer === 'none' ? refusedAs({})(call) : undefined),
    cause: 'AWS could not be reached, and nothing after this call was done.',
    fix: ["Check the runner's network and proxy, and AWS_ENDPOINT_URL if it is set; then run again."],
    verify: beyond,
  },
  {
    area: 'credentials',
    id: 'call-refused',
    level: 'outcome',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['InvalidParameterException', 'ValidationException', 'ClientException', 'ServerException'],
    sees: (call) => (call.answer === 'refused' ? refusedAs({})(call) : undefined),
    cause: 'AWS refused the call; nothing after it was done.',
    fix: ['Running again is safe.'],
    verify: beyond,
  },
];

/** The more specific first; the last two fit every call. */
export const callRules: readonly CallRule[] = [
  ...permissionRules,
  ...identityRules,
  ...passingRules,
  ...missingRules,
  ...otherRules,
];
