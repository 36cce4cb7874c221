// A cloud for ECS alone, the requests of the tests, and short ways to look at what became of them.
import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import type { Cloud, CloudSettings } from '../../sandbox/aws/cloud.ts';
import { AwsError } from '../../sandbox/aws/cloud.ts';
import { createEcs } from '../../sandbox/aws/ecs/ecs.ts';
import {
  createCountingClock,
  createIds,
  createNeighbours,
  createRuntime,
  role,
  type Switches,
  secret,
  targetGroup,
} from './ecs-neighbours.ts';

export { role, secret, targetGroup };
export const caller = { caller: 'arn:aws:sts::815856636111:assumed-role/deploy/run-1' };

export const createKit = (settings: Partial<CloudSettings> = {}) => {
  const { clock, virtual, timers } = createCountingClock();
  const cloud: Cloud = {
    accountId: '815856636111',
    region: 'eu-west-1',
    clock,
    settings: {
      pageSize: undefined,
      readLagMs: 0,
      policyLagMs: 0,
      startLagMs: 0,
      patienceMs: 0,
      ...settings,
    },
    newId: createIds(),
  };
  const switches: Switches = {
    denied: false,
    attached: true,
    hasTargetGroup: true,
    hasLogGroup: true,
    accessPoint: 'fsap-068c55acd83456a5f',
    statusOf: new Map(),
  };
  const lines: { group: string; stream: string; message: string }[] = [];
  const environments: Record<string, string>[] = [];
  // Probes have timers of their own, which are not ECS's.
  const neighbours = createNeighbours({ now: virtual.now, after: virtual.after }, switches, lines);
  const ecs = createEcs(cloud, neighbours, createRuntime(switches, environments));
  ecs.seedCluster('sit-cluster');
  return {
    ecs,
    ops: ecs.operations,
    sleep: virtual.sleep,
    switches,
    lines,
    environments,
    timers: () => timers.size,
  };
};

export type Kit = ReturnType<typeof createKit>;

export const network: NonNullable<RunTaskCommandInput['networkConfiguration']> = {
  awsvpcConfiguration: {
    subnets: ['subnet-09d1d2de85ae02264'],
    securityGroups: ['sg-01bca1fb9806ad397'],
    assignPublicIp: 'DISABLED',
  },
};

export const definition = (
  image = 'web:1',
  overrides: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput => ({
  family: 'sit-goldencrust',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: role,
  containerDefinitions: [
    {
      name: 'wordpress',
      image,
      portMappings: [{ containerPort: 80 }],
      secrets: [{ name: 'WORDPRESS_DB_PASSWORD', valueFrom: `${secret}:password::` }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/ecs/sit',
          'awslogs-region': 'eu-west-1',
          'awslogs-stream-prefix': 'goldencrust',
        },
      },
    },
  ],
  ...overrides,
});

/** Registers a revision with this image and answers its ARN. */
export const register = ({ ops }: Kit, image = 'web:1', family = 'sit-goldencrust'): string =>
  ops.RegisterTaskDefinition(definition(image, { family }), caller).taskDefinition?.taskDefinitionArn ?? '';

export const service = (
  taskDefinition: string,
  overrides: Partial<CreateServiceCommandInput> = {},
): CreateServiceCommandInput => ({
  cluster: 'sit-cluster',
  serviceName: 'sit-goldencrust-service',
  taskDefinition,
  desiredCount: 1,
  launchType: 'FARGATE',
  networkConfiguration: network,
  loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'wordpress', containerPort: 80 }],
  deploymentConfiguration: {
    deploymentCircuitBreaker: {
      enable: true,
      rollback: true,
      thresholdConfiguration: { type: 'COUNT', value: 2 },
    },
  },
  ...overrides,
});

export const named = { cluster: 'sit-cluster', service: 'sit-goldencrust-service' };

export const look = ({ ops }: Kit) => {
  const found = ops.DescribeServices({
    cluster: 'sit-cluster',
    services: [named.service],
    include: ['TAGS'],
  });
  const seen = found.services?.[0];
  if (!seen) throw new Error('the service is missing');
  return { ...seen, primary: seen.deployments?.find(({ status }) => status === 'PRIMARY') };
};

/** The newest service deployment in full. */
export const newest = (kit: Kit) => {
  const [brief] = kit.ops.ListServiceDeployments(named).serviceDeployments ?? [];
  const described = kit.ops.DescribeServiceDeployments({
    serviceDeploymentArns: [brief?.serviceDeploymentArn ?? ''],
  });
  const [found] = described.serviceDeployments ?? [];
  if (!found) throw new Error('there is no service deployment');
  return found;
};

export const run = (
  taskDefinition: string,
  overrides: Partial<RunTaskCommandInput> = {},
): RunTaskCommandInput => ({
  cluster: 'sit-cluster',
  taskDefinition,
  launchType: 'FARGATE',
  networkConfiguration: network,
  ...overrides,
});

export const taskAt = ({ ops }: Kit, arn: string) => {
  const [found] = ops.DescribeTasks({ cluster: 'sit-cluster', tasks: [arn], include: ['TAGS'] }).tasks ?? [];
  if (!found) throw new Error(`task ${arn} is missing`);
  return found;
};

/** Code and text of what AWS answers to a call that it refuses. */
export const refusalOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'not refused';
};

export const messages = (kit: Kit): readonly string[] =>
  (look(kit).events ?? []).map(({ message }) => message ?? '');

export const minutes = (count: number): number => count * 60_000;

/** A cloud whose service has been running the returned first revision for a while. */
export const createHealthyKit = async () => {
  const kit = createKit();
  const first = register(kit);
  kit.ops.CreateService(service(first), caller);
  await kit.sleep(minutes(2));
  return { kit, first };
};

/** Runs one task of a new revision with this image and answers its ARN. */
export const runOne = (kit: Kit, image: string, overrides: Partial<RunTaskCommandInput> = {}): string =>
  kit.ops.RunTask(run(register(kit, image), overrides)).tasks?.[0]?.taskArn ?? '';
