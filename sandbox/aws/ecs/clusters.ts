// Clusters are given by the platform: the sandbox seeds them, ECS only looks them up.
import type { DescribeClustersCommandInput, DescribeClustersResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import { clusterArn, nameOf } from './arns.ts';
import type { ClusterRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { tasksStarting } from './tasks.ts';

export const seedCluster = (ecs: Ecs, name: string): ClusterRecord => {
  const cluster = { name, arn: clusterArn(ecs.cloud, name), tags: [] };
  ecs.clusters.set(name, cluster);
  return cluster;
};

/** By name or ARN; ClusterNotFoundException. */
export const clusterOf = (ecs: Ecs, reference: string | undefined): ClusterRecord => {
  const cluster = ecs.clusters.get(nameOf(reference ?? 'default'));
  if (!cluster) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
};

export const describeClusters =
  (ecs: Ecs) =>
  ({ clusters = ['default'], include = [] }: DescribeClustersCommandInput): DescribeClustersResponse => {
    const answers = clusters.map((reference) => ({
      reference,
      cluster: ecs.clusters.get(nameOf(reference)),
    }));
    return {
      clusters: answers.flatMap(({ cluster }) =>
        cluster ? [describe(ecs, cluster, include.includes('TAGS'))] : [],
      ),
      failures: answers.flatMap(({ reference, cluster }) =>
        cluster ? [] : [{ arn: clusterArn(ecs.cloud, nameOf(reference)), reason: 'MISSING' }],
      ),
    };
  };

const describe = (ecs: Ecs, cluster: ClusterRecord, withTags: boolean) => {
  const tasks = ecs.tasks.values().filter((task) => task.cluster.arn === cluster.arn);
  const services = ecs.services.values().filter((service) => service.cluster.arn === cluster.arn);
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(tasksStarting).length,
    activeServicesCount: services.filter((service) => service.status === 'ACTIVE').length,
    statistics: [],
    tags: withTags ? [...cluster.tags] : [],
    settings: [{ name: 'containerInsights' as const, value: 'disabled' }],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  };
};
