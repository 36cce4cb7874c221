// What two clouds are compared by: everything that was made, without ids and times that differ from run to run.
import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import { workloadOf } from './deployments.ts';
import type { ServiceRecord } from './records.ts';
import type { Ecs } from './state.ts';

export type EcsSnapshot = {
  readonly clusters: readonly string[];
  readonly services: readonly object[];
  /** Active revisions by family, oldest first. */
  readonly taskDefinitions: Readonly<Record<string, readonly object[]>>;
  readonly runningTasks: readonly object[];
};

export const takeSnapshot = (ecs: Ecs): EcsSnapshot => {
  const active = [...ecs.definitions.values()].filter(({ content }) => content.status === 'ACTIVE');
  const families = [...new Set(active.map(({ family }) => family))].sort();
  return withoutIds({
    clusters: [...ecs.clusters.keys()].sort(),
    services: sorted(
      ecs.services
        .values()
        .filter(({ status }) => status !== 'INACTIVE')
        .map((service) => describeService(ecs, service)),
    ),
    taskDefinitions: Object.fromEntries(
      families.map((family) => [
        family,
        active
          .filter((known) => known.family === family)
          .map(({ content, tags }) => ({ ...describeDefinition(content), tags: byKey(tags) })),
      ]),
    ),
    runningTasks: sorted(
      ecs.tasks
        .values()
        .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
        .map(({ group, lastStatus, tags }) => ({ group, lastStatus, tags: byKey(tags) })),
    ),
  });
};

const describeService = (ecs: Ecs, service: ServiceRecord): object => {
  const { taskDefinition, ...workload } = workloadOf(service);
  const definition = ecs.definitions.get(taskDefinition);
  return {
    name: service.name,
    cluster: service.cluster.name,
    status: service.status,
    desiredCount: service.desiredCount,
    configuration: service.configuration,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...workload,
    taskDefinition: definition && describeDefinition(definition.content),
    rolloutStates: service.deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`),
    tags: byKey(service.tags),
  };
};

const describeDefinition = (content: TaskDefinition): object => {
  const { taskDefinitionArn, revision, registeredAt, registeredBy, deregisteredAt, status, ...lasting } =
    content;
  return lasting;
};

const byKey = (tags: readonly Tag[]): readonly Tag[] =>
  tags.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));

const sorted = (items: readonly object[]): readonly object[] =>
  items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

// Names stay, the parts that AWS adds to them go.
const ids: readonly (readonly [RegExp, string])[] = [
  [/\bfsap-[0-9a-f]+/g, 'fsap-*'],
  [/(:secret:[^:"]+)-[A-Za-z0-9]{6}(?=[:"])/g, '$1-*'],
  [/(:targetgroup\/[^/"]+)\/[0-9a-f]+/g, '$1/*'],
];

const withoutIds = (snapshot: EcsSnapshot): EcsSnapshot =>
  JSON.parse(ids.reduce((text, [id, name]) => text.replace(id, name), JSON.stringify(snapshot)));
