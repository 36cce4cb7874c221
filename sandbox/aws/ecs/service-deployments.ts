// The history of a service's deployments and the revisions they deployed, and the request to stop one.
import type {
  DescribeServiceDeploymentsCommandInput,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsCommandInput,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsCommandInput,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  ServiceRevision,
  StopServiceDeploymentCommandInput,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import { nameOf, pathOfService, revisionArn, serviceArn } from './arns.ts';
import { clusterOf } from './clusters.ts';
import { changeCurrent, isOver } from './deployments.ts';
import { pageOf } from './pages.ts';
import { refuse } from './placement-checks.ts';
import type { RevisionRecord, ServiceDeploymentRecord, ServiceRecord } from './records.ts';
import { describeCounts } from './service-answers.ts';
import { shownTasksOf } from './service-store.ts';
import type { Ecs } from './state.ts';

const dated = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

export const listServiceDeployments =
  (ecs: Ecs) =>
  (input: ListServiceDeploymentsCommandInput): ListServiceDeploymentsResponse => {
    const cluster = clusterOf(ecs, input.cluster ?? clusterIn(input.service));
    const service = ecs.services.read(serviceArn(ecs.cloud, cluster.name, nameOf(input.service ?? '')));
    if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.');
    const { before, after } = input.createdAt ?? {};
    const listed = service.serviceDeployments
      .filter(({ status }) => !input.status?.length || input.status.includes(status))
      .filter(({ createdAt }) => after === undefined || createdAt > after.getTime())
      .filter(({ createdAt }) => before === undefined || createdAt < before.getTime());
    const { items, nextToken } = pageOf(ecs.cloud, listed, {
      operation: 'ListServiceDeployments',
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      standard: 20,
    });
    return { serviceDeployments: items.map((item) => describeBrief(ecs, service, item)), nextToken };
  };

/** The cluster of a service's ARN: `arn:…:service/c/s`. */
const clusterIn = (service: string | undefined): string | undefined =>
  service?.startsWith('arn:') ? service.split('/').at(-2) : undefined;

const describeBrief = (ecs: Ecs, service: ServiceRecord, item: ServiceDeploymentRecord) => ({
  serviceDeploymentArn: item.arn,
  serviceArn: service.arn,
  clusterArn: service.cluster.arn,
  status: item.status,
  statusReason: item.statusReason,
  createdAt: new Date(item.createdAt),
  startedAt: dated(item.startedAt),
  finishedAt: dated(item.finishedAt ?? item.stoppedAt),
  targetServiceRevisionArn: revisionArn(ecs.cloud, pathOfService(service.arn), item.target),
});

export const describeServiceDeployments =
  (ecs: Ecs) =>
  (input: DescribeServiceDeploymentsCommandInput): DescribeServiceDeploymentsResponse => {
    const arns = input.serviceDeploymentArns ?? [];
    if (arns.length === 0 || arns.length > 20)
      refuse('Between 1 and 20 service deployment ARNs must be specified.');
    const found = arns.map((arn) => ({ arn, answer: findServiceDeployment(ecs, arn) }));
    return {
      serviceDeployments: found.flatMap(({ answer }) =>
        answer ? [describe(ecs, answer.service, answer.item)] : [],
      ),
      failures: found.flatMap(({ arn, answer }) => (answer ? [] : [{ arn, reason: 'MISSING' }])),
    };
  };

const findServiceDeployment = (
  ecs: Ecs,
  arn: string,
): { readonly service: ServiceRecord; readonly item: ServiceDeploymentRecord } | undefined => {
  const [cluster = '', name = ''] = (arn.split('/') ?? []).slice(1);
  const service = ecs.services.read(serviceArn(ecs.cloud, cluster, name));
  const item = service?.serviceDeployments.find((candidate) => candidate.arn === arn);
  return service && item && { service, item };
};

const describe = (ecs: Ecs, service: ServiceRecord, item: ServiceDeploymentRecord): ServiceDeployment => {
  const tasks = shownTasksOf(ecs, service.arn);
  const { targetServiceRevisionArn: _, ...brief } = describeBrief(ecs, service, item);
  const { rollback } = item;
  const counts = (digits: string) => describeCounts(ecs, { service, digits, tasks });
  return {
    ...brief,
    stoppedAt: dated(item.stoppedAt),
    updatedAt: new Date(item.updatedAt),
    sourceServiceRevisions: item.sources.map(counts),
    targetServiceRevision: counts(item.target),
    deploymentConfiguration: item.configuration,
    deploymentCircuitBreaker: item.circuitBreaker,
    ...(rollback
      ? {
          rollback: {
            reason: rollback.reason,
            startedAt: new Date(rollback.startedAt),
            ...(rollback.digits
              ? { serviceRevisionArn: revisionArn(ecs.cloud, pathOfService(service.arn), rollback.digits) }
              : {}),
          },
        }
      : {}),
  };
};

export const describeServiceRevisions =
  (ecs: Ecs) =>
  (input: DescribeServiceRevisionsCommandInput): DescribeServiceRevisionsResponse => {
    const arns = input.serviceRevisionArns ?? [];
    if (arns.length === 0 || arns.length > 20)
      refuse('Between 1 and 20 service revision ARNs must be specified.');
    const found = arns.map((arn) => ({ arn, revision: findRevision(ecs, arn) }));
    return {
      serviceRevisions: found.flatMap(({ revision }) => (revision ? [revision] : [])),
      failures: found.flatMap(({ arn, revision }) => (revision ? [] : [{ arn, reason: 'MISSING' }])),
    };
  };

const findRevision = (ecs: Ecs, arn: string): ServiceRevision | undefined => {
  const [cluster = '', name = '', digits] = arn.split('/').slice(1);
  const service = ecs.services.read(serviceArn(ecs.cloud, cluster, name));
  const revision = service?.revisions.find((candidate) => candidate.digits === digits);
  return service && revision && describeRevision(ecs, service, revision);
};

const describeRevision = (ecs: Ecs, service: ServiceRecord, revision: RevisionRecord): ServiceRevision => {
  const { workload } = revision;
  const { launchType, capacityProviderStrategy } = workload;
  const definition = ecs.definitions.get(workload.taskDefinition)?.content;
  return {
    serviceRevisionArn: revisionArn(ecs.cloud, pathOfService(service.arn), revision.digits),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: workload.taskDefinition,
    ...(launchType ? { launchType } : {}),
    ...(capacityProviderStrategy ? { capacityProviderStrategy } : {}),
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    loadBalancers: workload.loadBalancers,
    networkConfiguration: workload.networkConfiguration,
    containerImages: (definition?.containerDefinitions ?? []).map(({ name, image }) => ({
      containerName: name,
      image,
    })),
    guardDutyEnabled: false,
    createdAt: new Date(revision.createdAt),
  };
};

export const stopServiceDeployment =
  (ecs: Ecs) =>
  ({
    serviceDeploymentArn = '',
    stopType = 'ROLLBACK',
  }: StopServiceDeploymentCommandInput): StopServiceDeploymentResponse => {
    const [cluster = '', name = ''] = serviceDeploymentArn.split('/').slice(1);
    const service = ecs.services.get(serviceArn(ecs.cloud, cluster, name));
    const item = service?.serviceDeployments.find(({ arn }) => arn === serviceDeploymentArn);
    if (!service || !item)
      throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
    if (isOver(item))
      throw new AwsError(
        'ConflictException',
        `The service deployment is in the ${item.status} state and can't be stopped.`,
        { resourceIds: [serviceDeploymentArn] },
      );
    if (item.status === 'PENDING' || item.status === 'IN_PROGRESS') {
      const status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED';
      const updatedAt = ecs.cloud.clock.now();
      ecs.services.set(
        service.arn,
        changeCurrent(service, () => ({ status, updatedAt })),
      );
      ecs.wake(service.arn);
    }
    return { serviceDeploymentArn };
  };
