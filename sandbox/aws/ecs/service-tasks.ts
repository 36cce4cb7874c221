// The tasks a service wants: its PRIMARY revision's definition and network, tagged as the service says.
import type { Tag } from '@aws-sdk/client-ecs';
import { deploymentId } from './arns.ts';
import { primaryOf, workloadOf } from './deployments.ts';
import type { DefinitionRecord, ServiceRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { startTask } from './task-start.ts';

export const startServiceTask = (ecs: Ecs, service: ServiceRecord): TaskRecord => {
  const workload = workloadOf(service);
  const definition = ecs.definitions.get(workload.taskDefinition);
  const primary = primaryOf(service);
  if (!definition || !primary) throw new Error(`service ${service.name} has nothing to start`);
  return startTask(ecs, {
    cluster: service.cluster,
    definition,
    service: { arn: service.arn, name: service.name, digits: primary.digits },
    group: `service:${service.name}`,
    startedBy: deploymentId(primary.digits),
    launchType: workload.launchType,
    capacityProvider: workload.capacityProviderStrategy?.[0]?.capacityProvider,
    enableExecuteCommand: workload.enableExecuteCommand,
    loadBalancers: workload.loadBalancers,
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    tags: tagsOf(service, definition),
    network: workload.networkConfiguration,
  });
};

const tagsOf = (service: ServiceRecord, definition: DefinitionRecord): readonly Tag[] => {
  const { propagateTags, enableECSManagedTags } = workloadOf(service);
  const managed = enableECSManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: service.cluster.name },
        { key: 'aws:ecs:serviceName', value: service.name },
      ]
    : [];
  if (propagateTags === 'SERVICE') return [...service.tags, ...managed];
  return propagateTags === 'TASK_DEFINITION' ? [...definition.tags, ...managed] : managed;
};
