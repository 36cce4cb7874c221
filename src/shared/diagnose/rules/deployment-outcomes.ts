// How ECS ended the deployment. Why its tasks failed is told by other rules; these say what is running now.
import { clip } from '../clip.ts';
import type { DeploymentSeen, Evidence } from '../evidence.ts';
import type { Rule, Sighting } from '../rule.ts';

const seeDeployments =
  '`aws ecs list-service-deployments --region {region} --cluster {cluster} --service {service} --query "serviceDeployments[].[startedAt,status,statusReason]" --output table`';

const correct =
  'Put right what made the tasks fail (the findings above, or the raw evidence below), then deploy again and run wait-healthy for {subject}.';

const verify = 'wait-healthy for {subject} passes.';

const ended =
  (fits: (deployment: DeploymentSeen, reason: string) => boolean) =>
  ({ state, deployment }: Evidence): Sighting | undefined => {
    if (state === 'healthy' || state === 'running' || !deployment) return undefined;
    const reason = clip(deployment.reason ?? '');
    if (!fits(deployment, reason)) return undefined;
    const { breaker } = deployment;
    const counted = breaker ? ` (${breaker.failures} of ${breaker.threshold} failures)` : '';
    const status = deployment.status ?? deployment.rolloutState ?? '';
    return { proof: [{ from: 'deployment', text: `${status}: ${reason}${counted}` }] };
  };

const noCandidate = /no rollback candidate/i;

export const outcomeRules: readonly Rule<Evidence>[] = [
  {
    id: 'first-deployment-failed',
    area: 'deployment',
    level: 'outcome',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['No rollback candidate was found to run the rollback.'],
    sees: ended(
      ({ status, rolloutState, isFirst }, reason) =>
        noCandidate.test(reason) ||
        (isFirst &&
          (rolloutState === 'FAILED' || status === 'STOPPED') &&
          /circuit breaker|failed/i.test(reason)),
    ),
    cause:
      'The first deployment of {service} failed; there is no earlier revision to go back to, so nothing serves {subject}.',
    fix: [correct],
    verify,
  },
  {
    id: 'rollback-failed',
    area: 'deployment',
    level: 'outcome',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['ROLLBACK_FAILED'],
    sees: ended(({ status }, reason) => status === 'ROLLBACK_FAILED' && !noCandidate.test(reason)),
    cause: 'Deployment {deployment} of {service} failed, and so did the rollback: {subject} may be down.',
    fix: [
      'See what runs: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[runningCount,deployments[].[taskDefinition,rolloutState,runningCount]]"`.',
      'Go back by hand to the last revision that ran (the newest: `aws ecs list-task-definitions --region {region} --family-prefix {family} --sort DESC --max-items 5`): `aws ecs update-service --region {region} --cluster {cluster} --service {service} --task-definition {previousRevision}`.',
      correct,
    ],
    verify,
  },
  {
    id: 'rolled-back',
    area: 'deployment',
    level: 'outcome',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: [
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      'rolling back to deployment',
    ],
    sees: ended(({ status = '' }) => /^ROLLBACK_(?:REQUESTED|IN_PROGRESS|SUCCESSFUL)$/.test(status)),
    cause:
      'Deployment {deployment} of {service} failed, and ECS went back to the last revision that worked: that one serves {subject}, not what was deployed.',
    fix: [correct, `What ECS did: ${seeDeployments}`],
    verify,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html',
  },
  {
    id: 'circuit-breaker-tripped',
    area: 'deployment',
    level: 'outcome',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: [
      'Service deployment failed because the circuit breaker threshold was exceeded.',
      'ECS deployment circuit breaker: tasks failed to start.',
      'deployment failed: tasks failed to start',
    ],
    sees: ended(
      ({ status, rolloutState, breaker, isFirst }, reason) =>
        !isFirst &&
        !/^ROLLBACK_/.test(status ?? '') &&
        (breaker?.status === 'TRIGGERED' ||
          (rolloutState === 'FAILED' && /circuit breaker|failed to start/i.test(reason))),
    ),
    cause:
      'The circuit breaker of {service} tripped: its tasks kept failing, and ECS starts no more of deployment {deployment}. There is no rollback, so what is deployed is broken.',
    fix: [
      correct,
      {
        tenant:
          'Until then go back: run the action rollback-tenant with `environment: {environment}`, `tenant: {tenant}`, `mode: previous-revision`. `circuitBreaker: { rollback: true }` in {manifest} lets ECS do it by itself.',
        application:
          'Until then go back by hand: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --task-definition {previousRevision}`.',
      },
    ],
    verify,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html',
  },
];
