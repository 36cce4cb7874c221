// The two ways to a session of a role without keys: a token from GitHub, and STS taking it.
import { clip } from '../clip.ts';
import type { Rule, WithFacts } from '../rule.ts';

/** What GitHub's token service said in place of a token, and its HTTP status: 0 where it gave none. */
export type TokenEvidence = WithFacts & { readonly said: string; readonly status: number };

/** AWS's code in place of a session; its message may quote the token. */
export type AssumeEvidence = WithFacts & { readonly name: string };

const shared = { area: 'credentials', level: 'cause', sure: 'certain' } as const;
const gets = 'Run the job again: the action gets beyond its first call to AWS.';
const mayAsk = ({ said }: TokenEvidence): boolean => !/ACTIONS_ID_TOKEN_REQUEST/.test(clip(said));
const isPassing = ({ status }: TokenEvidence): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500;

const tokenProof = ({ said }: TokenEvidence) => ({ proof: [{ from: 'command', text: said }] as const });

export const tokenRules: readonly Rule<TokenEvidence>[] = [
  {
    ...shared,
    id: 'oidc-token-not-allowed',
    lasts: 'permanent',
    symptoms: [
      'Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable',
      'GitHub gave no OIDC token for the role to assume: this job may not ask for one.',
    ],
    sees: (evidence) => (mayAsk(evidence) ? undefined : tokenProof(evidence)),
    cause: 'GitHub gave no OIDC token for the role to assume: this job may not ask for one.',
    fix: [
      'Give the job `permissions: id-token: write`, and the job that calls its workflow too. A pull request from a fork never gets a token.',
    ],
    verify: gets,
    link: 'https://docs.github.com/en/actions/concepts/security/openid-connect',
  },
  {
    ...shared,
    id: 'oidc-token-unanswered',
    lasts: 'passing',
    symptoms: ["GitHub's token service gave no OIDC token (HTTP 503)"],
    sees: (evidence) => (mayAsk(evidence) && isPassing(evidence) ? tokenProof(evidence) : undefined),
    cause: "GitHub's token service gave no OIDC token ({answer}).",
    fix: ['Look at githubstatus.com, then run again: without a session nothing more was done.'],
    verify: gets,
  },
  {
    ...shared,
    id: 'oidc-token-refused',
    lasts: 'unknown',
    symptoms: ["GitHub's token service refused this job an OIDC token (HTTP 4…)"],
    sees: (evidence) => (mayAsk(evidence) && !isPassing(evidence) ? tokenProof(evidence) : undefined),
    cause: "GitHub's token service refused this job an OIDC token ({answer}).",
    fix: ['Run the job again: a token can be asked for only while its own job runs.'],
    verify: gets,
  },
];

const named =
  (name: RegExp): Rule<AssumeEvidence>['sees'] =>
  (evidence) =>
    name.test(evidence.name) ? { proof: [{ from: 'command', text: evidence.name }] } : undefined;

/** How to compare a role's trust policy with a job's claims. */
export const trustSteps = [
  'The role exists, and its Principal is the oidc-provider token.actions.githubusercontent.com of its own account.',
  "Each condition on a claim has a value that the job's claim equals (StringEquals) or matches (StringLike).",
  'A claim shown as (none) meets no condition: remove the condition, or give the job what makes the claim.',
] as const;

/** AWS says the same of a role that is missing and of one that does not trust the job. */
export const roleDenied: Rule<AssumeEvidence> = {
  ...shared,
  id: 'oidc-role-denied',
  lasts: 'settling',
  symptoms: [
    'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    'AWS did not let this job assume …',
  ],
  sees: named(/^AccessDenied/),
  cause: 'AWS did not let this job assume {roleArn}. It comes from {place}.',
  fix: trustSteps,
  verify: gets,
  link: 'https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws',
};

export const assumeRules: readonly Rule<AssumeEvidence>[] = [
  roleDenied,
  {
    ...shared,
    id: 'oidc-provider-missing',
    lasts: 'permanent',
    symptoms: [
      'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com',
      'InvalidIdentityToken: Incorrect token audience',
    ],
    sees: named(/^InvalidIdentityToken/),
    cause: "AWS does not take GitHub's token in the role's account.",
    fix: [
      "Create the account's OIDC identity provider https://token.actions.githubusercontent.com with audience sts.amazonaws.com, in the account that the role is in.",
    ],
    verify: '`aws iam list-open-id-connect-providers` lists token.actions.githubusercontent.com.',
  },
  {
    ...shared,
    id: 'oidc-token-expired',
    lasts: 'passing',
    symptoms: [
      'ExpiredTokenException: Token expired: current date/time … must be before the expiration date/time',
    ],
    sees: named(/^ExpiredToken/),
    cause: 'The token was minutes old, or a clock is wrong.',
    fix: ["Check the runner's clock, then run again."],
    verify: gets,
  },
  {
    ...shared,
    id: 'oidc-policy-too-large',
    lasts: 'permanent',
    symptoms: [
      'PackedPolicyTooLarge: Packed policy consumes …% of allotted space, please use smaller policy.',
    ],
    sees: named(/^PackedPolicyTooLarge/),
    cause: 'The policy that narrows the session to this tenant does not fit.',
    fix: ["Shorten the environment's names of secrets and roles."],
    verify: gets,
  },
  {
    ...shared,
    id: 'oidc-policy-malformed',
    lasts: 'permanent',
    symptoms: ['MalformedPolicyDocument: Syntax errors in policy.'],
    sees: named(/^MalformedPolicyDocument/),
    cause: 'The policy that narrows the session is not one to AWS.',
    fix: ['Please report this.'],
    verify: gets,
  },
  {
    ...shared,
    id: 'oidc-region-disabled',
    lasts: 'permanent',
    symptoms: ['RegionDisabledException: STS is not activated in this region'],
    sees: named(/^RegionDisabled/),
    cause: "STS is off in the environment's region.",
    fix: ["Turn STS on for the environment's region: IAM, Account settings, Endpoints."],
    verify: gets,
  },
  {
    ...shared,
    id: 'oidc-claim-rejected',
    lasts: 'passing',
    symptoms: ['IDPRejectedClaim'],
    sees: named(/^IDPRejectedClaim/),
    cause: 'AWS took the token for invalid or revoked.',
    fix: ['Run again; a new run gets a new token.'],
    verify: gets,
  },
];
