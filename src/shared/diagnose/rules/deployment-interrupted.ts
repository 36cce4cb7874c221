// The deployment was ended, or kept from going on, by something that is no fault of what was deployed.
import { clip } from '../clip.ts';
import type { Evidence } from '../evidence.ts';
import type { Rule, Sighting } from '../rule.ts';
import { lastingStops } from './starting.ts';

const seeDeployments =
  '`aws ecs list-service-deployments --region {region} --cluster {cluster} --service {service} --query "serviceDeployments[].[startedAt,status,statusReason,targetServiceRevisionArn]" --output table`';

const through = 'wait-healthy for {subject} passes.';

const reasonLike =
  (pattern: RegExp) =>
  ({ state, deployment }: Evidence): Sighting | undefined => {
    const reason = clip(deployment?.reason ?? '');
    return state !== 'healthy' && pattern.test(reason)
      ? { proof: [{ from: 'deployment', text: reason }] }
      : undefined;
  };

const stoppedBy =
  (codes: readonly string[]) =>
  (evidence: Evidence): Sighting | undefined => {
    if (evidence.state === 'running') return undefined;
    const task = lastingStops(evidence).find(({ stopCode }) => codes.includes(stopCode));
    return (
      task && {
        proof: [{ from: 'task', text: clip(`${task.stopCode}: ${task.reason}`) }],
        facts: { taskId: task.id },
      }
    );
  };

export const interruptionRules: readonly Rule<Evidence>[] = [
  {
    id: 'scaled-to-zero',
    area: 'deployment',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['desired count 0', '0 running tasks'],
    sees: ({ state, deployment }) =>
      state !== 'healthy' && deployment?.desired === 0
        ? { proof: [{ from: 'deployment', text: `${deployment.id}: desired count 0, 0 running tasks` }] }
        : undefined,
    cause: 'Service {service} is scaled to 0 tasks, so nothing can become healthy.',
    fix: [
      {
        tenant:
          'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: service`: it sets the number of tasks to `desiredCount` of {manifest}, which is 1 where nothing is said. Only where that is 0 itself, raise it first.',
        application:
          '`aws ecs update-service --region {region} --cluster {cluster} --service {service} --desired-count 1`. Where auto scaling set it: `aws application-autoscaling describe-scalable-targets --region {region} --service-namespace ecs --resource-ids service/{cluster}/{service}`.',
      },
    ],
    verify:
      '`aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[desiredCount,runningCount]"`',
  },
  {
    id: 'deployment-superseded',
    area: 'deployment',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['Service deployment was stopped because a new service deployment was started.'],
    sees: reasonLike(/stopped because a new(?:er)? (?:service )?deployment/i),
    cause:
      'Somebody deployed {service} again while deployment {deployment} was still under way: ECS stopped it for the newer one.',
    fix: [
      `See who and what: ${seeDeployments}, and in CloudTrail: \`aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateService\`.`,
      'Wait for the newer one: wait-healthy for {subject}. Should what this run deployed stay, run this run again afterwards.',
      'Two workflows that deploy the same service want one `concurrency` group.',
    ],
    verify: through,
  },
  {
    id: 'deployment-stopped-by-hand',
    area: 'deployment',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: [
      'Service deployment was stopped by a user.',
      'Service deployment rolled back because it was stopped by a user.',
    ],
    sees: reasonLike(/stopped by (?:a|the) user|stopServiceDeployment/i),
    cause: 'Somebody stopped deployment {deployment} of {service} (StopServiceDeployment).',
    fix: [
      'See who: `aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=StopServiceDeployment`.',
      'Where it was not meant, run the same action again.',
    ],
    verify: through,
  },
  {
    id: 'deployment-alarm',
    area: 'deployment',
    level: 'cause',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['deployment failed: alarm detected', 'CloudWatch alarm'],
    sees: (evidence) => {
      const event = evidence.events.find(({ text }) => /alarm detected/i.test(clip(text)));
      if (evidence.state !== 'healthy' && event)
        return { proof: [{ from: 'event', text: clip(event.text) }] };
      return reasonLike(/\balarm/i)(evidence);
    },
    cause:
      'A CloudWatch alarm that deployments of {service} obey went off, and ECS took the deployment back.',
    fix: [
      'Which: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].deploymentConfiguration.alarms"`; why: `aws cloudwatch describe-alarm-history --region {region} --alarm-name <alarm> --history-item-type StateUpdate --max-items 5`.',
      'Where the alarm was right, correct what it measures and deploy again; where it hung from before, `aws cloudwatch describe-alarms --region {region} --state-value ALARM` must be empty first.',
    ],
    verify: through,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html',
  },
  {
    id: 'spot-interruption',
    area: 'deployment',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['SpotInterruption', 'Your Spot Task was interrupted.'],
    sees: stoppedBy(['SpotInterruption', 'TerminationNotice']),
    cause: 'AWS took back the Spot capacity that task {taskId} ran on.',
    fix: [
      'Run the same action again.',
      'What must not be interrupted wants FARGATE in its capacity providers, not FARGATE_SPOT alone: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --capacity-provider-strategy capacityProvider=FARGATE,base=1,weight=1 --force-new-deployment`.',
    ],
    verify: through,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html',
  },
  {
    id: 'machine-ill',
    area: 'deployment',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: [
      'InfrastructureHealth',
      'ECS is performing maintenance on the underlying infrastructure hosting the task.',
    ],
    sees: stoppedBy(['InfrastructureHealth']),
    cause:
      'The machine under task {taskId} became unhealthy, or AWS maintains it: the task is no part of that, and ECS starts another one.',
    fix: ['Run the same action again.'],
    verify: through,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html',
  },
  {
    id: 'task-stopped-by-hand',
    area: 'deployment',
    level: 'cause',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['UserInitiated', 'Task stopped by user'],
    sees: stoppedBy(['UserInitiated']),
    cause: 'Somebody stopped task {taskId} of {service} by hand (StopTask).',
    fix: [
      'See who: `aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=StopTask`.',
      'Where it was not meant, run the same action again.',
    ],
    verify: through,
  },
];
