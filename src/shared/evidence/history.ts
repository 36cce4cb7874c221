// Our deployment in the service's history, where ECS keeps how it ended after the service has moved on.
import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Around, Scene } from './scene.ts';

export type History = {
  /** Undefined while ECS does not list it yet. */
  readonly deployment: ServiceDeployment | undefined;
  /** Whether no earlier deployment of the service ever came through. */
  readonly isFirst: boolean;
};

/** Takes two calls. A service revision's ARN ends with the digits of its deployment's id; the list is newest first. */
export const lookAtHistory = async (
  { aws }: { readonly aws: Pick<Around['aws'], 'ecs'> },
  { cluster, service, ours }: Pick<Scene, 'cluster' | 'service' | 'ours'>,
): Promise<History> => {
  const digits = ours.split('/').at(-1) ?? '';
  const { serviceDeployments: briefs = [] } = await aws.ecs.listServiceDeployments({ cluster, service });
  const index = briefs.findIndex(({ targetServiceRevisionArn }) =>
    targetServiceRevisionArn?.endsWith(`/${digits}`),
  );
  const earlier = index < 0 ? briefs : briefs.slice(index + 1);
  const isFirst = !earlier.some(({ status }) => status === 'SUCCESSFUL');
  const arn = briefs[index]?.serviceDeploymentArn;
  if (!arn) return { deployment: undefined, isFirst };
  const { serviceDeployments } = await aws.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
  return { deployment: serviceDeployments?.[0], isFirst };
};
