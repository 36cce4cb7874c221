// A service's task definition with another image, registered anew: what a release does to it.
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Application, ApplicationService } from '../../src/shared/fleet/application.ts';
import { imageOf, pipelineRoleOf, repositoryOf } from './application-names.ts';
import { type Release, tagOf } from './application-releases.ts';
import type { EcsPort } from './ecs/ecs.ts';

export const serviceNamed = ({ services }: Application, name: string): ApplicationService => {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`The application has no service ${name}.`);
  return found;
};

const currentDefinition = (ecs: EcsPort, cluster: string, service: string): TaskDefinition => {
  const { services } = ecs.operations.DescribeServices({ cluster, services: [service] });
  const { taskDefinition } = ecs.operations.DescribeTaskDefinition({
    taskDefinition: services?.[0]?.taskDefinition,
  });
  if (!taskDefinition) throw new Error(`Service ${service} has no task definition.`);
  return taskDefinition;
};

/** Registers what the service runs with the revision's image, in the service's own family unless given; answers the ARN. */
export const registerWithImage = (
  { application, ecs, service: name }: Release,
  { revision, family }: { readonly revision: string; readonly family?: string },
): string => {
  const service = serviceNamed(application, name);
  const current = currentDefinition(ecs, application.cluster, service.service);
  const image = imageOf(application, repositoryOf(application, service), tagOf(revision));
  const { containerDefinitions = [], networkMode, cpu, memory, executionRoleArn, taskRoleArn } = current;
  const input: RegisterTaskDefinitionCommandInput = {
    family: family ?? current.family,
    requiresCompatibilities: ['FARGATE'],
    networkMode,
    cpu,
    memory,
    executionRoleArn,
    taskRoleArn,
    containerDefinitions: containerDefinitions.map((container) =>
      container.name === service.container ? { ...container, image } : container,
    ),
  };
  const { taskDefinition } = ecs.operations.RegisterTaskDefinition(input, pipelineRoleOf(application));
  return taskDefinition?.taskDefinitionArn ?? '';
};
