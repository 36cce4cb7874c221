// From a request to a service's settings: AWS's defaults on creation, what an update changes and what it keeps.
import type {
  CreateServiceCommandInput,
  DeploymentConfiguration,
  NetworkConfiguration,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { refuse } from './placement-checks.ts';
import type { ServiceRecord, Workload } from './records.ts';

export const checkCreation = (input: CreateServiceCommandInput): void => {
  if (!/^[a-zA-Z0-9][\w-]{0,254}$/.test(input.serviceName ?? ''))
    refuse(
      'Invalid service name. Up to 255 letters (uppercase and lowercase), numbers, underscores and hyphens are allowed.',
    );
  if ((input.clientToken?.length ?? 0) > 36) refuse('clientToken can have at most 36 characters.');
  if (!input.taskDefinition) refuse('TaskDefinition can not be blank.');
  if (input.desiredCount === undefined || input.desiredCount < 0)
    refuse('Desired count must be 0 or more for the REPLICA scheduling strategy.');
  if (input.launchType && input.capacityProviderStrategy?.length)
    refuse('Specifying both a launch type and capacity provider strategy is not supported.');
  if (input.healthCheckGracePeriodSeconds && !input.loadBalancers?.length)
    refuse('Health check grace period is only valid for services configured to use load balancers');
  if (input.tags && input.tags.length > 50) refuse('tags can have at most 50 items.');
  checkConfiguration(input.deploymentConfiguration);
};

const checkConfiguration = (configuration: DeploymentConfiguration | undefined): void => {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = configuration ?? {};
  if (maximumPercent <= minimumHealthyPercent && maximumPercent <= 100 && minimumHealthyPercent >= 100)
    refuse('maximumPercent must be greater than minimumHealthyPercent.');
  const threshold = configuration?.deploymentCircuitBreaker?.thresholdConfiguration;
  if (threshold && (threshold.value ?? 0) < 1)
    refuse('The circuit breaker threshold value must be at least 1.');
};

type Settings = Pick<
  ServiceRecord,
  'desiredCount' | 'configuration' | 'healthCheckGracePeriodSeconds' | 'availabilityZoneRebalancing' | 'tags'
> & { readonly workload: Workload };

export const createdWith = (input: CreateServiceCommandInput, taskDefinition: string): Settings => ({
  desiredCount: input.desiredCount ?? 0,
  configuration: updatedConfiguration(standardConfiguration, input.deploymentConfiguration),
  healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
  availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? 'ENABLED',
  tags: input.tags ?? [],
  workload: {
    taskDefinition,
    launchType: input.launchType ?? (input.capacityProviderStrategy?.length ? undefined : 'EC2'),
    capacityProviderStrategy: input.capacityProviderStrategy,
    platformVersion: input.platformVersion ?? 'LATEST',
    loadBalancers: input.loadBalancers ?? [],
    networkConfiguration: describeNetwork(input.networkConfiguration),
    propagateTags: input.propagateTags ?? 'NONE',
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
  },
});

const describeNetwork = (network: NetworkConfiguration | undefined): NetworkConfiguration | undefined => {
  const vpc = network?.awsvpcConfiguration;
  return (
    vpc && {
      awsvpcConfiguration: {
        subnets: vpc.subnets,
        securityGroups: vpc.securityGroups ?? [],
        assignPublicIp: vpc.assignPublicIp ?? 'DISABLED',
      },
    }
  );
};

const standardConfiguration: DeploymentConfiguration = {
  deploymentCircuitBreaker: { enable: false, rollback: false },
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
};

/** What an update leaves out stays, in the circuit breaker too. */
export const updatedConfiguration = (
  before: DeploymentConfiguration,
  change: DeploymentConfiguration | undefined,
): DeploymentConfiguration => {
  checkConfiguration(change);
  const breaker = change?.deploymentCircuitBreaker;
  return {
    ...before,
    ...change,
    deploymentCircuitBreaker: {
      enable: breaker?.enable ?? before.deploymentCircuitBreaker?.enable ?? false,
      rollback: breaker?.rollback ?? before.deploymentCircuitBreaker?.rollback ?? false,
      ...kept(before.deploymentCircuitBreaker, breaker),
    },
  };
};

type Breaker = NonNullable<DeploymentConfiguration['deploymentCircuitBreaker']>;

const kept = (
  before: Breaker | undefined,
  change: Breaker | undefined,
): Pick<Breaker, 'resetOnHealthyTask' | 'thresholdConfiguration'> => {
  const resetOnHealthyTask = change?.resetOnHealthyTask ?? before?.resetOnHealthyTask;
  const thresholdConfiguration = change?.thresholdConfiguration ?? before?.thresholdConfiguration;
  return {
    ...(resetOnHealthyTask === undefined ? {} : { resetOnHealthyTask }),
    ...(thresholdConfiguration ? { thresholdConfiguration } : {}),
  };
};

export const updatedWorkload = (
  before: Workload,
  input: UpdateServiceCommandInput,
  taskDefinition: string,
): Workload => ({
  taskDefinition,
  launchType: input.capacityProviderStrategy?.length ? undefined : before.launchType,
  capacityProviderStrategy: input.capacityProviderStrategy ?? before.capacityProviderStrategy,
  platformVersion: input.platformVersion ?? before.platformVersion,
  loadBalancers: input.loadBalancers ?? before.loadBalancers,
  networkConfiguration: describeNetwork(input.networkConfiguration) ?? before.networkConfiguration,
  propagateTags: input.propagateTags ?? before.propagateTags,
  enableECSManagedTags: input.enableECSManagedTags ?? before.enableECSManagedTags,
  enableExecuteCommand: input.enableExecuteCommand ?? before.enableExecuteCommand,
});
