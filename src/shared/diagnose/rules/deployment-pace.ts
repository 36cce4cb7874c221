// Too slow, or not given the time: told only where the evidence tells slow from broken.
import { clip } from '../clip.ts';
import type { Evidence, StoppedTask } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { spoken } from '../spoken.ts';
import { findRefusal } from './sight.ts';
import { lastingStops } from './starting.ts';

const byHealthCheck = /failed (?:ELB|container) health checks/i;

const begun = /copying now|Running (?:migrations|composer)|Starting |Installing|entrypoint/i;
const ready =
  /resuming normal operations|ready to handle connections|Server running|Listening on|start worker process/i;

/** The log shows that it was still on its way up when it was stopped, or had got up only just before. */
const wasStillStarting = ({ logs, targetGroup }: Evidence, task: StoppedTask): string | undefined => {
  const lines = logs.find(({ taskId }) => taskId === task.id)?.lines ?? [];
  const up = lines.find(({ text }) => ready.test(clip(spoken(text))));
  const needed = (targetGroup?.intervalSeconds ?? 30) * (targetGroup?.healthyThreshold ?? 2) * 1_000;
  if (up) return task.stoppedAt - up.at < needed ? up.text : undefined;
  return lines.findLast(({ text }) => begun.test(clip(spoken(text))))?.text;
};

export const paceRules: readonly Rule<Evidence>[] = [
  {
    id: 'grace-period-too-short',
    area: 'deployment',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['Task failed ELB health checks in (target-group', 'healthCheckGracePeriodSeconds'],
    sees: (evidence) => {
      const seconds = evidence.deployment?.gracePeriodSeconds;
      // Who answers with a code is up, and ECS heeds no health check within the grace period.
      if (seconds === undefined || evidence.state === 'running' || findRefusal(evidence)?.codes.length)
        return undefined;
      for (const task of lastingStops(evidence)) {
        const line = byHealthCheck.test(clip(task.reason)) ? wasStillStarting(evidence, task) : undefined;
        if (line === undefined || task.startedAt === undefined) continue;
        const lived = Math.round((task.stoppedAt - task.startedAt) / 1_000);
        if (lived < seconds * 0.9) continue;
        return {
          proof: [
            { from: 'task', text: clip(`stopped ${lived} s after its start: ${task.reason}`) },
            { from: 'log', text: clip(line) },
          ],
          facts: {
            lived: String(lived),
            grace: String(seconds),
            graceWanted: String(Math.max(300, seconds * 2, lived * 2)),
          },
        };
      }
      return undefined;
    },
    cause:
      'ECS stopped the task {lived} s after its start because of failed health checks, while it was still starting: its grace period is {grace} s.',
    fix: [
      {
        tenant:
          '`healthCheck: { gracePeriodSeconds: {graceWanted} }` in {manifest}, then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: service`. The first start fills the EFS volume and takes longest.',
        application:
          '`aws ecs update-service --region {region} --cluster {cluster} --service {service} --health-check-grace-period-seconds {graceWanted}`',
      },
      'More `cpu` makes the start itself shorter.',
    ],
    verify:
      '`aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].healthCheckGracePeriodSeconds"` shows it, and wait-healthy for {subject} passes.',
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html',
  },
  {
    id: 'container-health-check-failed',
    area: 'deployment',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['Task failed container health checks'],
    sees: (evidence) => {
      const task = lastingStops(evidence).find(({ reason }) => /container health checks/i.test(clip(reason)));
      return evidence.state === 'running' || !task
        ? undefined
        : { proof: [{ from: 'task', text: clip(task.reason) }], facts: { taskId: task.id } };
    },
    cause:
      'ECS stopped task {taskId}: the health check of its container (healthCheck in the task definition) kept failing.',
    fix: [
      'See its command: `aws ecs describe-task-definition --region {region} --task-definition {family} --query "taskDefinition.containerDefinitions[].[name,healthCheck]"`. It runs inside the container: the image must have the program (curl is in few), and the port must be the one that is listened on.',
      'Where the start takes long, raise its startPeriod (up to 300 s).',
    ],
    verify: 'wait-healthy for {subject} passes.',
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html',
  },
  {
    id: 'still-starting',
    area: 'deployment',
    level: 'symptom',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['Elb.InitialHealthChecking', 'Elb.RegistrationInProgress', 'Health checks in progress'],
    sees: ({ state, running, stopped, targets }) => {
      const last = targets.find(({ address }) => running.some((task) => task.address === address));
      return state === 'late' &&
        running.length > 0 &&
        stopped.length === 0 &&
        (!last || last.state === 'initial')
        ? {
            proof: [
              {
                from: 'target',
                text: last
                  ? `${last.address}:${last.port} is ${last.state} (${last.reason})`
                  : `task ${running[0]?.id} runs and has no target yet`,
              },
            ],
          }
        : undefined;
    },
    cause:
      'The deadline came while the task of {service} was still starting; nothing has failed. The deployment goes on without this run.',
    fix: [
      'Wait on: run wait-healthy for {subject} again, with more `timeout-minutes`.',
      {
        tenant:
          'A first start fills the EFS volume and installs; where it is always slow, more `cpu` in {manifest} helps.',
        application: 'Where it is always slow, more cpu in task definition {family} helps.',
      },
    ],
    verify: 'wait-healthy for {subject} passes.',
  },
  {
    id: 'nothing-started-yet',
    area: 'deployment',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'possible',
    symptoms: ['0 of 1 tasks running, rollout IN_PROGRESS', '0 running tasks despite desired count of 1'],
    sees: ({ state, deployment, running, stopped, events }) =>
      state === 'late' &&
      deployment &&
      deployment.desired > 0 &&
      !running.length &&
      !stopped.length &&
      !deployment.failedTasks
        ? {
            proof: [
              {
                from: 'deployment',
                text: `0 of ${deployment.desired} tasks running, rollout ${deployment.rolloutState ?? 'IN_PROGRESS'}`,
              },
              ...(events[0] ? [{ from: 'event' as const, text: clip(events[0].text) }] : []),
            ],
          }
        : undefined,
    cause:
      'Until the deadline ECS has started no task of deployment {deployment}, and none has failed: it waits for room, or for tasks of the deployment before to stop.',
    fix: [
      'See what ECS says: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].events[:10].message"`.',
      'See what is in the way: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[deploymentConfiguration,deployments[].[id,status,desiredCount,runningCount,pendingCount]]"`. With maximumPercent 100 an old task must stop first.',
    ],
    verify: 'wait-healthy for {subject} passes.',
  },
  {
    id: 'stopped-tasks-gone',
    area: 'deployment',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'possible',
    symptoms: ['tasks failed to start', 'failedTasks'],
    sees: ({ state, deployment, stopped }) => {
      const failures = Math.max(deployment?.failedTasks ?? 0, deployment?.breaker?.failures ?? 0);
      return (state === 'failed' || state === 'late') && failures > 0 && !stopped.length
        ? {
            proof: [
              { from: 'deployment', text: `${failures} failedTasks; ${clip(deployment?.reason ?? '')}` },
            ],
            facts: { failures: String(failures) },
          }
        : undefined;
    },
    cause:
      '{failures} tasks of deployment {deployment} failed, but ECS shows none of them any more: it forgets stopped tasks after about an hour.',
    fix: [
      'Deploy again, and let wait-healthy watch while it fails: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`, then wait-healthy for {subject}.',
      'Their logs are still there: `aws logs tail {logGroup} --region {region} --since 3h`.',
    ],
    verify: 'wait-healthy for {subject} passes, or names a cause.',
  },
];
