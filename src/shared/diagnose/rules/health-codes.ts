// The container answers its health checks, with a code that the target group does not accept.
import type { Evidence } from '../evidence.ts';
import type { Facts, Rule } from '../rule.ts';
import { findRefusal, onlyOver, type Refusal } from './sight.ts';
import { redeploy } from './site-steps.ts';

const cause = { area: 'routing', level: 'cause', lasts: 'permanent', sure: 'likely' } as const;
const link =
  'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html';

/** All of a tenant's codes are of that kind. */
const seeCodes = (pattern: RegExp): Rule<Evidence>['sees'] =>
  onlyOver((evidence) => {
    const refusal = findRefusal(evidence);
    if (!refusal?.codes.length || evidence.kind !== 'tenant') return undefined;
    if (!refusal.codes.every((code) => pattern.test(code))) return undefined;
    return { proof: [refusal.proof], facts: factsOf(evidence, refusal) };
  });

const factsOf = ({ targetGroup }: Evidence, { codes }: Refusal): Facts => ({
  code: codes.join(', '),
  ...(targetGroup && {
    matcher: targetGroup.matcher,
    healthPath: targetGroup.path,
    targetGroup: targetGroup.name,
    targetGroupArn: targetGroup.arn,
  }),
});

const redirectSymptoms = [
  'Target.ResponseCodeMismatch',
  'Health checks failed with these codes: [301]',
  'Health checks failed with these codes: [302]',
];

export const healthCodeRules: readonly Rule<Evidence>[] = [
  {
    ...cause,
    sure: 'certain',
    id: 'health-check-redirect',
    symptoms: redirectSymptoms,
    sees: seeCodes(/^30[12378]$/),
    cause:
      'The site answers its health check {healthPath} with a redirect ({code}), and the target group accepts {matcher} only.',
    fix: [
      'A redirect is how a healthy WordPress answers a request without the site\'s host, and a fresh one before its installation. Accept it: in {manifest} `healthCheck: { matcher: "200-399" }`.',
      redeploy,
    ],
    verify:
      '`aws elbv2 describe-target-health --region {region} --target-group-arn {targetGroupArn}` says healthy.',
    link,
  },
  {
    ...cause,
    sure: 'certain',
    id: 'health-check-basic-auth',
    symptoms: [
      'Health checks failed with these codes: [401]',
      'Target.ResponseCodeMismatch',
      '401 Unauthorized',
    ],
    sees: seeCodes(/^401$/),
    cause:
      'The health check {healthPath} is behind Basic Auth: the container answers 401, and a load balancer sends no password.',
    fix: [
      'Leave one path open, and let the health check ask for it: in {manifest} `healthCheck: { path: /wp-includes/images/blank.gif }`, and in the .htaccess that asks for the password, on three lines: `<If "%{REQUEST_URI} == \'/wp-includes/images/blank.gif\'">`, `Require all granted`, `</If>`.',
      'Or take Basic Auth out of the container and ask for it at the front door only (CloudFront), as `basicAuthSecret` of {environmentManifest} is meant.',
      redeploy,
    ],
    verify:
      '`aws elbv2 describe-target-health --region {region} --target-group-arn {targetGroupArn}` says healthy.',
    link,
  },
  {
    ...cause,
    id: 'health-check-path',
    symptoms: ['Health checks failed with these codes: [404]', 'Target.ResponseCodeMismatch'],
    sees: seeCodes(/^404$/),
    cause: "The container has nothing at the health check's path {healthPath}: it answers 404.",
    fix: [
      'In {manifest} `healthCheck: { path: / }`, or another path that the image has. If / itself is not found, image {image} holds WordPress in another folder than the one that is served.',
      redeploy,
    ],
    verify:
      '`aws elbv2 describe-target-health --region {region} --target-group-arn {targetGroupArn}` says healthy.',
    link,
  },
  {
    ...cause,
    id: 'health-check-forbidden',
    symptoms: ['Health checks failed with these codes: [403]', 'Target.ResponseCodeMismatch'],
    sees: seeCodes(/^403$/),
    cause:
      'The container forbids the health check {healthPath}: it answers 403, as a web server does for a folder without an index file, a file that it may not read, or a rule against unknown hosts.',
    fix: [
      'See which: `aws logs filter-log-events --region {region} --log-group-name {logGroup} --log-stream-name-prefix {tenant}/ --filter-pattern "?AH01276 ?AH00035 ?AH01630 ?AH01797" --query "events[-5:].message" --output text`. AH01276: no index.php in what the image serves. AH00035: the files belong to somebody else. AH01630 or AH01797: a rule of .htaccess or a security plugin; let it pass the user agent ELB-HealthChecker/2.0.',
      redeploy,
    ],
    verify:
      '`aws elbv2 describe-target-health --region {region} --target-group-arn {targetGroupArn}` says healthy.',
    link,
  },
  {
    ...cause,
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    id: 'health-check-code',
    symptoms: [
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [500]',
      'Health checks failed with these codes: [503]',
    ],
    sees: seeCodes(/^(?!30[12378]|40[134])\d{3}$/),
    cause:
      'The container answers its health check {healthPath} with {code}, and the target group accepts {matcher} only.',
    fix: [
      'See what it says meanwhile: `aws logs filter-log-events --region {region} --log-group-name {logGroup} --log-stream-name-prefix {tenant}/ --filter-pattern "?PHP ?AH ?error" --query "events[-20:].message" --output text`.',
      'For a 500 of WordPress with nothing in the log, try the database first: run the action run-db-init with `environment: {environment}`, `tenant: {tenant}`, `operation: verify`; it names a wrong password, a missing database or grant, and a database that is not reached.',
    ],
    verify:
      '`aws elbv2 describe-target-health --region {region} --target-group-arn {targetGroupArn}` says healthy.',
    link,
  },
];
