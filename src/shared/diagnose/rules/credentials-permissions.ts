// AWS knows who asks, and does not let him.
import { type CallRule, refusedAs } from '../call-evidence.ts';

const denied = /AccessDenied|UnauthorizedOperation|NotAuthorized/;

const certain = { area: 'credentials', level: 'cause', sure: 'certain' } as const;
const permanent = { ...certain, lasts: 'permanent' } as const;

const beyond = 'Run the same action again: it gets beyond the call that was refused.';

export const permissionRules: readonly CallRule[] = [
  {
    ...permanent,
    id: 'call-denied-to-session',
    symptoms: ['because no session policy allows the … action'],
    sees: refusedAs({ name: denied, said: /no session policy allows/ }),
    cause:
      "The session is narrowed to one tenant (docs/oidc.md), and what it asked for is not this tenant's: another tenant's, or a name in the manifest that is not what AWS has.",
    fix: [
      'Compare the resource in the message with the names in the manifest: executionRole, masterSecret, logGroup, fileSystem.',
    ],
    verify: beyond,
  },
  {
    ...permanent,
    id: 'call-denied-explicitly',
    symptoms: [
      'with an explicit deny in a service control policy',
      'with an explicit deny in a permissions boundary',
      'with an explicit deny in an identity-based policy',
    ],
    sees: refusedAs({
      name: denied,
      said: /with an explicit deny(?: in an? ([a-z -]{1,60}policy|permissions boundary))?/,
      facts: ([, policy = 'policy']) => ({ policy }),
    }),
    cause: 'A {policy} denies it explicitly, which no permission of the role outweighs.',
    fix: [
      'Ask whoever keeps that policy to let the role do it: the message names action, resource and the kind of policy. A service control policy is kept in the management account of the organization.',
    ],
    verify: beyond,
    link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html',
  },
  {
    ...certain,
    id: 'call-denied',
    lasts: 'settling',
    symptoms: [
      'AccessDeniedException: User: arn:aws:sts::…:assumed-role/… is not authorized to perform: … on resource: …',
      'because no identity-based policy allows the … action',
      'UnauthorizedOperation: You are not authorized to perform this operation.',
      'AccessDenied',
    ],
    sees: refusedAs({ name: denied, manifest: 'environment' }),
    cause:
      "The role lacks this permission, or a name in the manifest (executionRole, masterSecret, logGroup …) is not what the role's policy is for.",
    fix: ["Compare it with the action's IAM list in its README."],
    verify: beyond,
    link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html',
  },
  {
    ...certain,
    id: 'application-call-denied',
    lasts: 'settling',
    symptoms: [
      'is not authorized to perform: ecs:DescribeServices',
      'is not authorized to perform: codepipeline:StartPipelineExecution',
    ],
    sees: refusedAs({ name: denied, manifest: 'application' }),
    cause:
      "The role lacks this permission, or a name in the application's manifest (cluster, services, pipelines …) is not what the role's policy is for.",
    fix: ["Compare it with the action's IAM list in its README."],
    verify: beyond,
  },
];
