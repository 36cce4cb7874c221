// What a visitor meets before the load balancer: DNS, the port, Basic Auth.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { findRefusal, lastTargets, onPage } from './sight.ts';
import { unanswered } from './unanswered.ts';

const certain = { area: 'routing', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const likely = { ...certain, sure: 'likely' } as const;

const answers = '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints 200 or 302.';

const loginSymptoms = ['401 Unauthorized', 'answers 401', 'WWW-Authenticate: Basic realm'];
const answered = 'wait-healthy says `answered 200`, or the code that the site answers.';

type Sees = Rule<Evidence>['sees'];

/** Where the target itself answers 401, no front door asked: its secret, which all tenants share, is right as it is. */
const asksForLogin =
  (fits: (secret: string | undefined) => boolean): Sees =>
  (evidence) =>
    fits(evidence.facts.basicAuthSecret) && !findRefusal(evidence)?.codes.includes('401')
      ? onPage(({ status }) => status === 401)(evidence)
      : undefined;

/** A site that is silent because its task is, is no closed door. */
const unlessTargetIsIll =
  (sees: Sees): Sees =>
  (evidence) =>
    lastTargets(evidence).some(({ state }) => state === 'unhealthy') ? undefined : sees(evidence);

export const frontDoorRules: readonly Rule<Evidence>[] = [
  {
    ...likely,
    id: 'dns-unknown-host',
    symptoms: [
      'ENOTFOUND',
      'getaddrinfo ENOTFOUND',
      'EAI_AGAIN',
      'Could not resolve host',
      'NXDOMAIN',
      'DNS_PROBE_FINISHED_NXDOMAIN',
    ],
    sees: unanswered(/ENOTFOUND|EAI_AGAIN/),
    cause: 'The host name {address} has no address in DNS, as the runner sees it.',
    fix: [
      'Add a record for {host} that points to CloudFront or the load balancer: in Route 53 an alias, elsewhere a CNAME. Its name: `aws elbv2 describe-load-balancers --region {region} --query "LoadBalancers[].[LoadBalancerName,DNSName]" --output text`.',
      'While there is none, look around DNS: the input `probe: load-balancer` of wait-healthy.',
    ],
    verify: '`dig +short {host}` prints an address.',
  },
  {
    ...likely,
    id: 'front-door-closed',
    symptoms: ['ECONNREFUSED', 'Connection refused'],
    sees: unanswered(/ECONNREFUSED/),
    cause:
      'Nothing listens at {address} for {scheme}: the load balancer has no listener on that port, or {host} points elsewhere.',
    fix: [
      'Compare the listeners: `aws elbv2 describe-listeners --region {region} --load-balancer-arn "$(aws elbv2 describe-load-balancers --region {region} --names {loadBalancer} --query "LoadBalancers[0].LoadBalancerArn" --output text)" --query "Listeners[].[Port,Protocol]" --output text`; {environmentManifest} names them in `loadBalancer: { name: …, listenerPort: … }`.',
      "Compare where {host} points: `dig +short {host}` and the load balancer's own name.",
      'Where only HTTP is served, set the input `probe` of wait-healthy to `http://{host}/`, or to `load-balancer`.',
    ],
    verify: answers,
  },
  {
    ...likely,
    id: 'front-door-silent',
    symptoms: ['ETIMEDOUT', 'timeout', 'Connection timed out', 'UND_ERR_CONNECT_TIMEOUT'],
    sees: unlessTargetIsIll(unanswered(/ETIMEDOUT|timeout|TimeoutError|EHOSTUNREACH/i)),
    cause:
      '{url} does not answer the runner at all: the load balancer is internal, its security group does not let the runner in, or the site takes too long.',
    fix: [
      'See whether it is internal: `aws elbv2 describe-load-balancers --region {region} --query "LoadBalancers[].[LoadBalancerName,Scheme,SecurityGroups]" --output json`. An internal one, or one that lets only CloudFront in, is reached by a runner inside the VPC, or with the public address in the input `probe`.',
      "Where nobody can look from outside, `probe: off` makes wait-healthy rely on the target's health alone.",
    ],
    verify: answers,
  },
  {
    ...certain,
    id: 'front-door-login-missing',
    symptoms: loginSymptoms,
    sees: asksForLogin((secret) => secret === undefined),
    cause:
      '{url} asks for Basic Auth, and {environmentManifest} names no secret with its user and password, so none were sent.',
    fix: [
      'Name it in {environmentManifest}: `basicAuthSecret: {environment}-basic-auth`.',
      'If there is none yet, write `{"username": "…", "password": "…"}` into a file and make it: `aws secretsmanager create-secret --region {region} --name {environment}-basic-auth --secret-string file://basic-auth.json`.',
    ],
    verify: answered,
  },
  {
    ...certain,
    id: 'front-door-login-refused',
    symptoms: loginSymptoms,
    sees: asksForLogin((secret) => secret !== undefined),
    cause:
      '{url} refuses the user and password of secret {basicAuthSecret} (Basic Auth): the front door asks for others.',
    fix: [
      'Compare them with what the front door knows (the function or WAF rule of CloudFront, or .htaccess in the image). The user, without the password: `aws secretsmanager get-secret-value --region {region} --secret-id {basicAuthSecret} --query SecretString --output text | jq -r .username`.',
      'Store the right ones, from a file `{"username": "…", "password": "…"}`: `aws secretsmanager put-secret-value --region {region} --secret-id {basicAuthSecret} --secret-string file://basic-auth.json`.',
    ],
    verify: answered,
  },
];
