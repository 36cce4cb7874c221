// Elastic Container Service, alive: services start, watch and replace tasks, deployments complete, fail and roll back,
// all on the cloud's clock.
import type { Cloud, Operations } from '../cloud.ts';
import type { Runtime } from '../containers/runtime.ts';
import type { Neighbours } from '../ports.ts';
import { describeClusters, seedCluster } from './clusters.ts';
import { type Interruption, interrupt } from './interruptions.ts';
import type { TaskRecord } from './records.ts';
import { wakeScheduler } from './scheduler.ts';
import {
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
  stopServiceDeployment,
} from './service-deployments.ts';
import { describeServices, listServices } from './service-reads.ts';
import { createService, deleteService, updateService } from './services.ts';
import type { EcsSnapshot } from './snapshot.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Ecs } from './state.ts';
import { createState } from './state.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import {
  deleteTaskDefinitions,
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  registerTaskDefinition,
} from './task-definitions.ts';
import { describeTasks, listTasks } from './task-reads.ts';
import { runTask, stopTaskOnRequest } from './task-runs.ts';

const operationsOf = (ecs: Ecs) =>
  ({
    CreateService: createService(ecs),
    DeleteService: deleteService(ecs),
    DeleteTaskDefinitions: deleteTaskDefinitions(ecs),
    DeregisterTaskDefinition: deregisterTaskDefinition(ecs),
    DescribeClusters: describeClusters(ecs),
    DescribeServiceDeployments: describeServiceDeployments(ecs),
    DescribeServiceRevisions: describeServiceRevisions(ecs),
    DescribeServices: describeServices(ecs),
    DescribeTaskDefinition: describeTaskDefinition(ecs),
    DescribeTasks: describeTasks(ecs),
    ListServiceDeployments: listServiceDeployments(ecs),
    ListServices: listServices(ecs),
    ListTagsForResource: listTagsForResource(ecs),
    ListTaskDefinitionFamilies: listTaskDefinitionFamilies(ecs),
    ListTaskDefinitions: listTaskDefinitions(ecs),
    ListTasks: listTasks(ecs),
    RegisterTaskDefinition: registerTaskDefinition(ecs),
    RunTask: runTask(ecs),
    StopServiceDeployment: stopServiceDeployment(ecs),
    StopTask: stopTaskOnRequest(ecs),
    TagResource: tagResource(ecs),
    UntagResource: untagResource(ecs),
    UpdateService: updateService(ecs),
  }) satisfies Operations;

export type EcsOperations = ReturnType<typeof operationsOf>;

export type EcsPort = {
  readonly operations: EcsOperations;
  readonly seedCluster: (name: string) => void;
  /** The next RunTask starts nothing and answers `reason` in failures[]; further calls queue up. */
  readonly failNextRun: (reason: string) => void;
  /** Services' tasks cannot be placed for this reason, until it is undefined again. */
  readonly refusePlacement: (reason: string | undefined) => void;
  /** Stops all tasks of a service as AWS's platform does; throws where it has none. */
  readonly interrupt: (serviceName: string, interruption: Interruption) => void;
  /** All tasks ever started, at once and without lag. */
  readonly tasks: () => readonly TaskRecord[];
  readonly snapshot: () => EcsSnapshot;
};

export const createEcs = (cloud: Cloud, neighbours: Neighbours, runtime: Runtime): EcsPort => {
  const ecs: Ecs = {
    ...createState({ cloud, neighbours, runtime }),
    wake: (serviceArn) => wakeScheduler(ecs, serviceArn),
  };
  return {
    operations: operationsOf(ecs),
    seedCluster: (name) => void seedCluster(ecs, name),
    failNextRun: (reason) => void ecs.runFailures.push(reason),
    refusePlacement: (reason) => {
      ecs.placementRefusal = reason;
    },
    interrupt: (serviceName, interruption) => interrupt(ecs, serviceName, interruption),
    tasks: () => ecs.tasks.values(),
    snapshot: () => takeSnapshot(ecs),
  };
};
