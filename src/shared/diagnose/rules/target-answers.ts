// The load balancer gets no answer of the container: no connection, or none in time.
import type { Evidence } from '../evidence.ts';
import type { Rule, Sighting } from '../rule.ts';
import { findRefusal, inLog, onlyOver } from './sight.ts';
import { redeploy } from './site-steps.ts';

const symptom = { area: 'routing', level: 'symptom', lasts: 'unknown', sure: 'certain' } as const;
const link =
  'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html';

/** The task definition opens other ports than the one that is asked on. */
const seeOtherPort = (evidence: Evidence): Sighting | undefined => {
  const refusal = findRefusal(evidence);
  const { definition, targetGroup, facts } = evidence;
  const opened = definition?.containers.flatMap(({ ports }) => ports) ?? [];
  const port = targetGroup?.healthPort ?? Number(refusal?.port);
  if (!refusal || refusal.kind === 'codes' || !port || !opened.length || opened.includes(port))
    return undefined;
  return {
    proof: [
      refusal.proof,
      {
        from: 'task definition',
        text: `${facts.family ?? ''} opens ${opened.join(', ')}; health checks ask on ${port}`,
      },
    ],
    facts: {
      port: String(port),
      opened: opened.join(' or '),
      ...(targetGroup && { targetGroupArn: targetGroup.arn }),
    },
  };
};

export const targetAnswerRules: readonly Rule<Evidence>[] = [
  {
    ...symptom,
    id: 'target-timeout',
    symptoms: ['Target.Timeout', 'Request timed out'],
    sees: onlyOver((evidence) => {
      const refusal = findRefusal(evidence);
      if (refusal?.kind !== 'timeout') return undefined;
      const timeout = evidence.targetGroup ? { timeout: String(evidence.targetGroup.timeoutSeconds) } : {};
      return { proof: [refusal.proof], facts: { port: refusal.port, ...timeout } };
    }),
    cause:
      'The container does not answer health checks on port {port} within {timeout} s: the load balancer is not let in, or the answer takes too long.',
    fix: [
      "Let the load balancer's security group into the tasks' on port {port}: `aws ec2 authorize-security-group-ingress --region {region} --group-id {taskGroup} --protocol tcp --port {port} --source-group {loadBalancerGroup}`.",
      {
        tenant:
          'If it is let in, see whether the site waits for its database, which PHP does for a minute: run the action run-db-init with `environment: {environment}`, `tenant: {tenant}`, `operation: verify`. It ends with 42 where the database is not reached.',
        application:
          'If it is let in, see what the program waits for (its database, Redis, another service): `aws logs tail {logGroup} --region {region} --since 1h`.',
      },
      {
        tenant:
          'If that is well, the answer itself takes too long. More room, in {manifest}: `cpu: 1024`, `memory: 2048`; more time: `healthCheck: { intervalSeconds: 60, timeoutSeconds: 30 }`.',
        application:
          'If that is well, the answer itself takes too long: more cpu in task definition {family}, or more time for the health check: `aws elbv2 modify-target-group --region {region} --target-group-arn {targetGroupArn} --health-check-interval-seconds 60 --health-check-timeout-seconds 30`.',
      },
    ],
    verify: 'The target becomes healthy.',
    link,
  },
  {
    ...symptom,
    level: 'cause',
    lasts: 'permanent',
    id: 'target-port-other',
    symptoms: ['Target.FailedHealthChecks', 'Health checks failed', 'Target.Timeout', 'Request timed out'],
    sees: onlyOver(seeOtherPort),
    cause:
      'The load balancer asks on port {port}, and container {container} of {family} is set up for port {opened}.',
    fix: [
      {
        tenant:
          'Set the port that the image listens on, `containerPort: {opened}` in {manifest} if it is that one, and have service and target group made for it: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`.',
        application:
          'Make them one: portMappings of {container} in task definition {family}, and the containerPort of the service ({service}, its load_balancer block in Terraform).',
      },
      'Where the health check has a port of its own, let it ask where requests go: `aws elbv2 modify-target-group --region {region} --target-group-arn {targetGroupArn} --health-check-port traffic-port`.',
    ],
    verify: 'The target becomes healthy.',
    link,
  },
  {
    ...symptom,
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    id: 'target-port',
    symptoms: [
      'Target.FailedHealthChecks',
      'Health checks failed',
      'connection refused on the container port',
    ],
    sees: onlyOver((evidence) => {
      const refusal = findRefusal(evidence);
      const up = inLog(
        /resuming normal operations|[Ll]istening on .{0,60}?:?(\d{2,5})\b|Server running|start worker process/,
      )(evidence);
      if (refusal?.kind !== 'failed' || !up) return undefined;
      return { proof: [refusal.proof, ...up.proof], facts: { port: refusal.port } };
    }),
    cause:
      'The container runs, but nothing in it listens on port {port}, where the load balancer looks for it.',
    fix: [
      'Set the port that the image listens on: in {manifest} `containerPort: 80` (official image), `containerPort: 8080` (images of Bitnami and others that do not run as root). What the image says of it: `docker inspect --format "{{.Config.ExposedPorts}}" {image}`.',
      `A target group of another port cannot be changed: the action provision-tenant replaces it with the service. ${redeploy}`,
    ],
    verify: 'The target becomes healthy.',
    link,
  },
  {
    ...symptom,
    id: 'target-refused',
    symptoms: ['Target.FailedHealthChecks', 'Health checks failed'],
    sees: onlyOver((evidence) => {
      const refusal = findRefusal(evidence);
      return refusal?.kind === 'failed'
        ? { proof: [refusal.proof], facts: { port: refusal.port } }
        : undefined;
    }),
    cause:
      'The load balancer gets no connection on port {port}, or no HTTP in answer: nothing listens there, or the container was not up yet.',
    fix: [
      'See what the container did: `aws logs tail {logGroup} --region {region} --since 1h`.',
      {
        tenant:
          'If it runs, the port that it listens on must be `containerPort` of {manifest}. If it is slow to start, give it time there: `healthCheck: { gracePeriodSeconds: 600 }`.',
        application:
          'If it runs, the port that it listens on must be {port}, or its portMappings in task definition {family} and the load balancer of the service another one. If it is slow to start, give it time: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --health-check-grace-period-seconds 600`.',
      },
    ],
    verify: 'The target becomes healthy.',
    link,
  },
];
