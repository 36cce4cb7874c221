// One deployment of one ECS service, as whoever waits for it knows it before looking.
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Evidence, Visit } from '../diagnose/evidence.ts';
import type { Facts } from '../diagnose/rule.ts';
import type { LogPlace } from '../logs.ts';
import type { Aws, Clock } from '../world.ts';

/** What is looked up only once it failed; whoever's role may not look there leaves it out. */
export const lookups = ['history', 'definition', 'target group', 'listener', 'network', 'secret'] as const;
export type Lookup = (typeof lookups)[number];

export type Scene = {
  readonly kind: Evidence['kind'];
  readonly cluster: string;
  /** The ECS service's name. */
  readonly service: string;
  /** Id of the deployment, `ecs-svc/…`. */
  readonly ours: string;
  /** Names for templates that the manifests give, as Evidence.facts tells them; `deployment` is added. */
  readonly facts: Facts;
  /** The container whose log is read where no other one ended with an error. */
  readonly container: string;
  /** Where a container of a task logs, where that is known without the task definition; else that says it. */
  readonly logOf?: (container: string, taskId: string) => LogPlace;
  /** The listener that leads to the service; none: it is not looked up. */
  readonly listener?: { readonly arn: string; readonly port: number };
  /** Secrets Manager's name of the tenant's secret: when it last changed is looked up, never its value. */
  readonly secret?: string;
  readonly lookups: readonly Lookup[];
};

/** What one look of a wait saw; what was not looked at is undefined. */
export type Sight = {
  readonly service: Service | undefined;
  readonly deployment:
    | Pick<ServiceDeployment, 'status' | 'statusReason' | 'deploymentCircuitBreaker' | 'createdAt'>
    | undefined;
  /** Whether no earlier deployment of the service ever came through. */
  readonly isFirst?: boolean | undefined;
  readonly targets?: readonly TargetHealthDescription[] | undefined;
  readonly visit?: Visit | undefined;
  /** Whether all is well by the caller's judgement: then nothing is looked into. */
  readonly isReady?: boolean | undefined;
};

export type Around = {
  readonly aws: Pick<Aws, 'ecs' | 'elb' | 'logs' | 'ec2' | 'secrets'>;
  readonly clock: Clock;
  /** A visit to the site, where there is one; made only while nobody else's tasks could answer. */
  readonly visit?: (() => Promise<Visit>) | undefined;
};
