// DescribeServices and ListServices: both lag behind writes, and a service just created may be missing.
import type {
  DescribeServicesCommandInput,
  DescribeServicesResponse,
  ListServicesCommandInput,
  ListServicesResponse,
} from '@aws-sdk/client-ecs';
import { nameOf, serviceArn } from './arns.ts';
import { clusterOf } from './clusters.ts';
import { workloadOf } from './deployments.ts';
import { pageOf } from './pages.ts';
import { refuse } from './placement-checks.ts';
import type { ServiceRecord } from './records.ts';
import { lookAgain } from './scheduler.ts';
import { describeService } from './service-answers.ts';
import { shownTasksOf } from './service-store.ts';
import type { Ecs } from './state.ts';
import { timing } from './timing.ts';

export const describeServices =
  (ecs: Ecs) =>
  ({ cluster, services = [], include }: DescribeServicesCommandInput): DescribeServicesResponse => {
    const { name } = clusterOf(ecs, cluster);
    if (services.length === 0) refuse('Services cannot be empty.');
    if (services.length > 10) refuse('services can have at most 10 items.');
    const arns = services.map((reference) => serviceArn(ecs.cloud, name, nameOf(reference)));
    const found = arns.map((arn) => ({ arn, service: shown(ecs, arn) }));
    for (const { service } of found) if (service) lookAgain(ecs, service.arn);
    return {
      services: found.flatMap(({ arn, service }) =>
        service
          ? [
              describeService(ecs, {
                service,
                tasks: shownTasksOf(ecs, arn),
                tags: include?.includes('TAGS') ?? false,
              }),
            ]
          : [],
      ),
      failures: found.flatMap(({ arn, service }) => (service ? [] : [{ arn, reason: 'MISSING' }])),
    };
  };

/** As reads see it; an INACTIVE service is shown a while longer. */
export const shown = (ecs: Ecs, arn: string): ServiceRecord | undefined => {
  const service = ecs.services.read(arn);
  const goneAt = (service?.inactiveAt ?? Number.POSITIVE_INFINITY) + timing.inactiveServiceShown;
  return goneAt > ecs.cloud.clock.now() ? service : undefined;
};

export const listServices =
  (ecs: Ecs) =>
  (input: ListServicesCommandInput): ListServicesResponse => {
    const cluster = clusterOf(ecs, input.cluster);
    const listed = ecs.services
      .readValues()
      .filter((service) => service.cluster.arn === cluster.arn && service.status === 'ACTIVE')
      .filter(
        (service) => input.launchType === undefined || workloadOf(service).launchType === input.launchType,
      );
    const { items, nextToken } = pageOf(ecs.cloud, listed, {
      operation: 'ListServices',
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      standard: 10,
    });
    return { serviceArns: items.map(({ arn }) => arn), nextToken };
  };
