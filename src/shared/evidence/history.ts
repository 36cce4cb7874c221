// Our deployment in the service's history, where ECS keeps how it ended after the service has moved on.
import type { ServiceDeployment, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import type { Around, Scene } from './scene.ts';

export type History = {
  /** Undefined while ECS does not list it yet. */
  readonly deployment: ServiceDeployment | undefined;
  /** Whether no earlier deployment of the service ever came through. */
  readonly isFirst: boolean;
};

/**
 * Takes two calls, or one where `last` shows our deployment already: a hundred jobs that wait share one allowance of ECS's.
 */
export const lookAtHistory = async (
  { aws }: { readonly aws: Pick<Around['aws'], 'ecs'> },
  { cluster, service, ours }: Pick<Scene, 'cluster' | 'service' | 'ours'>,
  last?: History,
): Promise<History> => {
  const known = last?.deployment?.serviceDeploymentArn;
  const { arn, isFirst } =
    last && known
      ? { arn: known, isFirst: last.isFirst }
      : findIn((await aws.ecs.listServiceDeployments({ cluster, service })).serviceDeployments, ours);
  if (!arn) return { deployment: undefined, isFirst };
  const { serviceDeployments } = await aws.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
  return { deployment: serviceDeployments?.[0], isFirst };
};

/** A service revision's ARN ends with the digits of its deployment's id; the list is newest first. */
const findIn = (
  briefs: readonly ServiceDeploymentBrief[] = [],
  ours: string,
): { readonly arn: string | undefined; readonly isFirst: boolean } => {
  const digits = ours.split('/').at(-1) ?? '';
  const index = briefs.findIndex(({ targetServiceRevisionArn }) =>
    targetServiceRevisionArn?.endsWith(`/${digits}`),
  );
  const earlier = index < 0 ? briefs : briefs.slice(index + 1);
  return {
    arn: briefs[index]?.serviceDeploymentArn,
    isFirst: !earlier.some(({ status }) => status === 'SUCCESSFUL'),
  };
};
