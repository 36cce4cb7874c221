// Refusals as AWS, its SDK and GitHub write them: each is told by the rule that is for it, and no rule is for nothing.
import { describe, expect, test } from '@jest/globals';
import type { CallEvidence } from '../../../src/shared/diagnose/call-evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { callRules } from '../../../src/shared/diagnose/rules/credentials.ts';
import { assumeRules, tokenRules } from '../../../src/shared/diagnose/rules/credentials-oidc.ts';
import { placeRules } from '../../../src/shared/diagnose/rules/credentials-place.ts';
import { hintFor } from '../../../src/shared/hints.ts';

const subnet =
  "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)";
const group =
  "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)";
const noLogGroup = 'The specified log group does not exist.';
const denied =
  'User: arn:aws:sts::815856636111:assumed-role/deploy/x is not authorized to perform: ecs:RunTask';
const login = 'To refresh this SSO session run aws sso login with the corresponding profile.';

/** Rule, code, message; the environment's manifest unless the rule is an application's. */
const calls: readonly (readonly [string, string, string])[] = [
  [
    'call-denied-to-session',
    'AccessDenied',
    `${denied} because no session policy allows the ecs:RunTask action`,
  ],
  [
    'call-denied-explicitly',
    'AccessDeniedException',
    `${denied} with an explicit deny in a service control policy`,
  ],
  ['call-denied-explicitly', 'AccessDenied', `${denied} with an explicit deny in a permissions boundary`],
  ['call-denied', 'AccessDeniedException', `${denied} because no identity-based policy allows it`],
  ['call-denied', 'UnauthorizedOperation', 'You are not authorized to perform this operation.'],
  ['application-call-denied', 'AccessDeniedException', denied],
  ['session-expired', 'ExpiredTokenException', 'The security token included in the request is expired'],
  [
    'sso-session-expired',
    'CredentialsProviderError',
    `The SSO session associated with this profile has expired. ${login}`,
  ],
  [
    'sso-session-expired',
    'TokenProviderError',
    "Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
  ],
  ['credentials-missing', 'CredentialsProviderError', 'Could not load credentials from any providers'],
  [
    'clock-wrong',
    'InvalidSignatureException',
    'Signature expired: 20261122T100000Z is now earlier than 2026',
  ],
  [
    'credentials-invalid',
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  ['credentials-invalid', 'SignatureDoesNotMatch', 'The request signature we calculated does not match'],
  ['call-throttled', 'ThrottlingException', 'Rate exceeded'],
  ['call-throttled', 'RequestLimitExceeded', 'Request limit exceeded.'],
  ['call-throttled', 'TooManyRequestsException', 'Rate exceeded'],
  ['quota-reached', 'TooManyRules', 'The maximum number of rules has been reached'],
  ['quota-reached', 'LimitExceededException', 'The limit for inline policies is exceeded.'],
  ['file-system-not-found', 'FileSystemNotFound', "File system 'fs-0be15624e203bf94a' does not exist."],
  ['cluster-not-found', 'ClusterNotFoundException', 'Cluster not found.'],
  ['subnet-not-found', 'InvalidParameterException', subnet],
  ['application-subnet-not-found', 'InvalidParameterException', subnet],
  ['security-group-not-found', 'InvalidParameterException', group],
  ['application-security-group-not-found', 'InvalidParameterException', group],
  ['log-group-not-found', 'ResourceNotFoundException', noLogGroup],
  ['application-log-group-not-found', 'ResourceNotFoundException', noLogGroup],
  [
    'secret-without-value',
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  ],
  ['call-refused', 'InvalidParameterException', 'Creation of service was not idempotent.'],
];

const callOf = (id: string, name: string, message: string): CallEvidence => ({
  facts: {},
  name,
  message,
  manifest: id.startsWith('application-') ? 'application' : 'environment',
  answer: 'refused',
});

describe('a call that AWS refused', () => {
  test.each(calls)('is %s: %s: %s', (id, name, message) => {
    expect(findAll(callRules, callOf(id, name, message))[0]?.id).toBe(id);
  });

  test('is call-unanswered where nobody answered', () => {
    const call = { ...callOf('', 'Error', 'getaddrinfo ENOTFOUND'), answer: 'none' } as const;
    expect(findAll(callRules, call).map(({ id }) => id)).toEqual(['call-unanswered']);
  });

  test('every rule about one is tried here', () => {
    const tried = new Set([...calls.map(([id]) => id), 'call-unanswered']);
    expect(callRules.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
  });

  test('says nothing of an error that is none of AWS', () => {
    expect(hintFor(new TypeError('x is not a function'), 'environment')).toBeUndefined();
  });
});

test.each([
  ['oidc-token-not-allowed', 'Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable', 0],
  ['oidc-token-unanswered', 'Failed to get ID Token. Error Code : 503', 503],
  ['oidc-token-unanswered', 'socket hang up', 0],
  ['oidc-token-refused', 'Failed to get ID Token. Error Code : 401', 401],
])('no token from GitHub is %s alone: %s', (id, said, status) => {
  expect(findAll(tokenRules, { facts: {}, said, status }).map((one) => one.id)).toEqual([id]);
});

test.each([
  ['oidc-role-denied', 'AccessDenied'],
  ['oidc-provider-missing', 'InvalidIdentityToken'],
  ['oidc-token-expired', 'ExpiredTokenException'],
  ['oidc-policy-too-large', 'PackedPolicyTooLarge'],
  ['oidc-policy-malformed', 'MalformedPolicyDocument'],
  ['oidc-region-disabled', 'RegionDisabledException'],
  ['oidc-claim-rejected', 'IDPRejectedClaim'],
])('no session from AWS is %s alone: %s', (id, name) => {
  expect(findAll(assumeRules, { facts: {}, name }).map((one) => one.id)).toEqual([id]);
  expect(assumeRules).toHaveLength(7);
});

test.each(['region', 'role', 'caller'] as const)('another %s is one finding', (differs) => {
  expect(findAll(placeRules, { facts: { found: 'other' }, differs })).toHaveLength(1);
});
