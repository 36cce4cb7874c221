// Why the load balancer does not take a service of an application for healthy: the path, the answer, the port.
import type { Evidence } from '../evidence.ts';
import { lastLine, logOfService } from '../log-evidence.ts';
import type { Proof, Rule, Sighting } from '../rule.ts';
import { works } from './application-words.ts';
import { findRefusal, isOver, type Refusal } from './sight.ts';

/** Of an application whose wait has failed: a target may be ill for a while and become healthy. */
const refusalOf = (evidence: Evidence): Refusal | undefined =>
  evidence.kind === 'application' && isOver(evidence) ? findRefusal(evidence) : undefined;

/** The health check was answered, and the matcher refuses every answer. */
const answering =
  (isMeant: (code: string) => boolean) =>
  (evidence: Evidence): Sighting | undefined => {
    const refusal = refusalOf(evidence);
    if (!refusal?.codes.length || !refusal.codes.every(isMeant)) return undefined;
    const { targetGroup } = evidence;
    const check: readonly Proof[] = targetGroup
      ? [{ from: 'target group', text: `GET ${targetGroup.path} must answer ${targetGroup.matcher}` }]
      : [];
    return {
      proof: [refusal.proof, ...check],
      facts: {
        code: refusal.codes.join(','),
        ...(targetGroup && { groupArn: targetGroup.arn, path: targetGroup.path }),
      },
    };
  };

const listens =
  /(?:Listening on|Server running on|Local:|running at:?|started on)\D{0,12}(?:https?:\/\/)?\[?(0\.0\.0\.0|127\.0\.0\.1|localhost|::1?|\*)\]?:(\d{2,5})/i;

type Listening = {
  readonly refusal: Refusal;
  readonly text: string;
  readonly host: string;
  readonly port: string;
};

/** Where the program says that it listens, and the load balancer gets no answer. */
const listening = (evidence: Evidence): Listening | undefined => {
  const refusal = refusalOf(evidence);
  if (!refusal || refusal.kind === 'codes') return undefined;
  const seen = lastLine(logOfService(evidence)?.lines ?? [], listens);
  return seen && { refusal, text: seen.text, host: seen.found[1] ?? '', port: seen.found[2] ?? '' };
};

const isLoopback = (host: string): boolean => /^(?:127\.0\.0\.1|localhost|::1)$/.test(host);

export const applicationHealthRules: readonly Rule<Evidence>[] = [
  {
    id: 'application-listens-on-loopback',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Server running on [http://127.0.0.1:8000]', 'Listening on http://localhost:3000'],
    sees: (evidence) => {
      const seen = listening(evidence);
      if (!seen || !isLoopback(seen.host)) return undefined;
      return {
        proof: [{ from: 'log', text: seen.text }, seen.refusal.proof],
        facts: { address: `${seen.host}:${seen.port}` },
      };
    },
    cause: '{service} listens on {address} only, which nobody outside its container reaches.',
    fix: [
      'Let it listen on all addresses: `php artisan serve --host=0.0.0.0 --port=8000` (or the web server of the image) for Laravel, HOST=0.0.0.0 (NITRO_HOST) for Nuxt.',
      'Run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}` once the new revision is there.',
    ],
    verify: works,
  },
  {
    id: 'application-port-mismatch',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'Target.FailedHealthChecks',
      'Target.Timeout',
      'the api listens on 8000, the Nuxt sites on 3000',
    ],
    sees: (evidence) => {
      const seen = listening(evidence);
      const wanted = seen?.refusal.port;
      if (!seen || !wanted || isLoopback(seen.host) || seen.port === wanted) return undefined;
      return {
        proof: [{ from: 'log', text: seen.text }, seen.refusal.proof],
        facts: { listens: seen.port, wanted },
      };
    },
    cause: '{service} listens on port {listens}, and its load balancer asks on port {wanted}.',
    fix: [
      'The api listens on 8000, the Nuxt sites on 3000: give containerPort of {family} and containerPort of the service ({service}, loadBalancer block in Terraform) the port that the program takes, or the program the port (PORT, NITRO_PORT).',
      'Run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}` once the new revision is there.',
    ],
    verify: works,
  },
  {
    id: 'application-health-redirect',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Health checks failed with these codes: [302]'],
    sees: answering((code) => code.startsWith('3')),
    cause:
      'The health check of {service} is answered with {code}, a redirect (mostly to its login page), and its target group takes no redirect.',
    fix: [
      `\`aws elbv2 modify-target-group --region {region} --target-group-arn {groupArn} --matcher 'HttpCode="200,{code}"'\`, and the same in Terraform (\`matcher = "200,{code}"\`), or its next apply takes it back.`,
    ],
    verify: works,
  },
  {
    id: 'application-health-path',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['Health checks failed with these codes: [404]'],
    sees: answering((code) => code === '404'),
    cause: '{service} has nothing at the path {path} that its load balancer asks for.',
    fix: [
      'The guide has `/up` for the api, and `/` for hq and tenant: `aws elbv2 modify-target-group --region {region} --target-group-arn {groupArn} --health-check-path /up`, and the same in Terraform.',
    ],
    verify: works,
  },
  {
    id: 'application-health-login',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['Health checks failed with these codes: [401]'],
    sees: answering((code) => code === '401' || code === '403'),
    cause: '{service} wants a login ({code}) at the path {path}, and a load balancer has none.',
    fix: [
      'Take the path out of the login, or check another: `aws elbv2 modify-target-group --region {region} --target-group-arn {groupArn} --health-check-path /up`',
    ],
    verify: works,
  },
  {
    id: 'application-health-error',
    area: 'application',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: [
      'Health checks failed with these codes: [500]',
      'Health checks failed with these codes: [503]',
    ],
    sees: answering((code) => code.startsWith('5')),
    cause: '{service} answers its health check with {code}: the program runs, and fails at every request.',
    fix: [
      'Read the exception it logged: `aws logs tail {logGroup} --since 30m --region {region} --filter-pattern ERROR`. Where nothing is logged, set LOG_CHANNEL to stderr.',
      'A 503 of Laravel is its maintenance mode. With the driver file (the usual one) a new task is up by itself: run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}`. With the driver cache: run-db-init with `operation: command`, `service: {name}`, `command: php artisan up`.',
    ],
    verify: works,
  },
];
