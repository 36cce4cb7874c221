// Where a command runs: what the service runs right now, in its network, on its capacity. Nothing is made up here.
import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  NetworkConfiguration,
  RunTaskCommandInput,
  Service,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { Failed, UserError } from '../errors.ts';
import type { ApplicationService } from '../fleet/application.ts';
import { nearest } from '../fleet/nearest.ts';
import { primaryOf } from '../judge/deployment.ts';
import type { LogPlace } from '../logs.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';

export type Workplace = {
  /** The ECS service's name. */
  readonly service: string;
  readonly cluster: string;
  readonly definition: TaskDefinition;
  /** `envelope-prod-api:42` */
  readonly revision: string;
  readonly container: ContainerDefinition;
  readonly run: Pick<
    RunTaskCommandInput,
    'launchType' | 'capacityProviderStrategy' | 'platformVersion' | 'networkConfiguration'
  >;
  /** Where each task's log is; a sentence where it cannot be read here. */
  readonly log: ((taskId: string) => LogPlace) | string;
  /** What whoever runs something there should know. */
  readonly warnings: readonly string[];
};

/** Throws Failed for a service that is not there or not in use, UserError for a container that it does not have. */
export const findWorkplace = async (
  around: ApplicationSurroundings,
  { service, name }: ApplicationService,
  container: string,
): Promise<Workplace> => {
  const { aws, application } = around;
  const { cluster } = application;
  const { services } = await aws.ecs.describeServices({ cluster, services: [service] });
  const found = services?.[0];
  if (found?.status !== 'ACTIVE') throw noService(around, { service, name, status: found?.status });
  const current = currentOf(found);
  const { taskDefinition: definition } = await aws.ecs.describeTaskDefinition({
    taskDefinition: current.taskDefinition,
  });
  if (!definition)
    throw new Failed(`ECS describes no task definition ${current.taskDefinition}.`, 'Run again.');
  const chosen = chooseContainer(definition, container);
  return {
    service,
    cluster,
    definition,
    revision: revisionOf(current.taskDefinition),
    container: chosen,
    run: placementOf(current),
    log: logOf(chosen, application.environment.region),
    warnings: warningsOf(found, current),
  };
};

/** The members that a service, its deployments and its task sets have alike. */
type Workload = {
  readonly taskDefinition?: string | undefined;
  readonly launchType?: RunTaskCommandInput['launchType'];
  readonly capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined;
  readonly platformVersion?: string | undefined;
  readonly networkConfiguration?: NetworkConfiguration | undefined;
};

/**
 * The PRIMARY deployment's, also while it rolls out or fails. The completed one's would be the code before: its
 * migrations are all done already, so it would end well and have done nothing; and a deployment often fails just because
 * its migration has not run yet. A service of CodeDeploy has task sets instead.
 */
const currentOf = (service: Service): Workload => {
  const taskSet = service.taskSets?.find(({ status }) => status === 'PRIMARY');
  return primaryOf(service) ?? taskSet ?? service;
};

const warningsOf = ({ deployments = [] }: Service, { taskDefinition }: Workload): readonly string[] =>
  deployments
    .filter(({ rolloutState }) => rolloutState === 'FAILED')
    .map((failed) =>
      failed.taskDefinition === taskDefinition
        ? `The deployment of ${revisionOf(taskDefinition)} failed (${failed.rolloutStateReason ?? 'no reason given'}); the command runs in it all the same, since it is what the service is set to.`
        : `The deployment of ${revisionOf(failed.taskDefinition)} failed; the service is back at ${revisionOf(taskDefinition)}, and that is what the command runs in.`,
    );

/** A strategy wins: ECS refuses both together. */
const placementOf = (current: Workload): Workplace['run'] => {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = current;
  return {
    ...(capacityProviderStrategy?.length ? { capacityProviderStrategy } : launchType ? { launchType } : {}),
    ...(platformVersion ? { platformVersion } : {}),
    ...(networkConfiguration ? { networkConfiguration } : {}),
  };
};

export const revisionOf = (arn = ''): string => arn.split('/').at(-1) ?? arn;

const chooseContainer = (definition: TaskDefinition, wanted: string): ContainerDefinition => {
  const { containerDefinitions = [] } = definition;
  const found = containerDefinitions.find(({ name }) => name === wanted);
  if (found) return found;
  const names = containerDefinitions.map(({ name = '' }) => name);
  const near = nearest(wanted, names);
  throw new UserError([
    {
      what: `${revisionOf(definition.taskDefinitionArn)} has no container '${wanted}'.`,
      fix: `${near ? `Did you mean '${near}'? ` : ''}It has: ${names.join(', ')}. Correct input container, or container in the application's manifest.`,
    },
  ]);
};

/** Where a container's log is; a sentence where it cannot be read here. */
export const logOf = ({ name, logConfiguration }: ContainerDefinition, region: string): Workplace['log'] => {
  if (!logConfiguration) return `container ${name} has no logConfiguration: what it writes is kept nowhere`;
  const { logDriver, options = {} } = logConfiguration;
  if (logDriver !== 'awslogs')
    return `container ${name} logs through ${logDriver}, not awslogs: read its log where that sends it`;
  const {
    'awslogs-group': group,
    'awslogs-region': place = region,
    'awslogs-stream-prefix': prefix,
  } = options;
  if (!group || !prefix)
    return `container ${name} has no awslogs-stream-prefix, so its stream's name cannot be known`;
  if (place !== region) return `container ${name} logs to ${group} in ${place}: read it there`;
  return (taskId) => ({ group, stream: `${prefix}/${name}/${taskId}` });
};

type Missing = { readonly service: string; readonly name: string; readonly status: string | undefined };

const noService = (around: ApplicationSurroundings, { service, name, status }: Missing): Failed => {
  const { application } = around;
  return status === undefined || status === 'INACTIVE'
    ? new Failed(
        `There is no service ${service} in cluster ${application.cluster}.`,
        `Correct services.${name}.service or cluster in applications/${application.name}.yml, or create the service. See them: aws ecs list-services --cluster ${application.cluster} --region ${application.environment.region}`,
      )
    : new Failed(`Service ${service} is ${status}: it is being deleted.`, 'Wait for it to be created again.');
};
