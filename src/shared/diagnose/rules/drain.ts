// Time runs out while old tasks finish their requests: nothing is wrong with the new ones.
import { clip } from '../clip.ts';
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { lastTargets } from './sight.ts';

export const drainRules: readonly Rule<Evidence>[] = [
  {
    id: 'deregistration-slow',
    area: 'routing',
    level: 'cause',
    lasts: 'passing',
    sure: 'likely',
    symptoms: [
      'has begun draining connections on 1 tasks',
      'Target.DeregistrationInProgress',
      'Target deregistration is in progress',
    ],
    sees: ({ state, deployment, events, targetGroup, targets, now }) => {
      if (state !== 'late' || !deployment || !targetGroup || deployment.desired === 0) return undefined;
      const isUp =
        deployment.runningCount >= deployment.desired &&
        lastTargets({ targets }).some((target) => target.state === 'healthy');
      const draining = events.find(({ text }) =>
        /has begun draining connections|deregistered \d+ targets/.test(clip(text)),
      );
      const delay = targetGroup.deregistrationDelaySeconds;
      if (!isUp || !draining || now - draining.at > (delay + 60) * 1_000) return undefined;
      return {
        proof: [
          { from: 'event', text: draining.text },
          { from: 'target group', text: `${targetGroup.name}: deregistration delay ${delay} s` },
        ],
        facts: { delay: String(delay), targetGroup: targetGroup.name },
      };
    },
    cause:
      'The new tasks are healthy; the wait ended while the old ones still had up to {delay} s to finish their requests, the deregistration delay of {targetGroup}.',
    fix: [
      'Run the action wait-healthy again, or the job: the deployment goes on meanwhile.',
      'For the next time, shorten the delay: in {manifest} `deregistrationDelaySeconds: 30`; or let the wait be longer: its input `timeout-minutes`.',
    ],
    verify:
      '`aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].deployments[].rolloutState"` prints `["COMPLETED"]`.',
    link: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html',
  },
];
