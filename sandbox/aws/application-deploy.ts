// The Deploy stage: a new revision of the service's task definition with the new image, and patience until the service
// runs it, or until ECS gives it up.
import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import type { Release } from './application-releases.ts';
import { registerWithImage, serviceNamed } from './application-task-definitions.ts';
import type { ActionWork, Work, WorkEnd } from './codepipeline/definitions.ts';

const pollMs = 3_000;

const ended = (id: string, reason: string): WorkEnd => ({
  kind: 'failed',
  code: 'JobFailed',
  message: `ECS deployment ${id} did not complete: ${reason}`,
});

/** Undefined: it goes on, or is not seen yet. */
const endOf = (id: string, deployment: ServiceDeploymentBrief | undefined): WorkEnd | undefined => {
  if (!deployment) return undefined;
  switch (deployment.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
      return undefined;
    case 'SUCCESSFUL':
      return { kind: 'succeeded' };
    default:
      return ended(id, deployment.statusReason ?? `it is ${deployment.status}.`);
  }
};

const follow = async (
  look: () => ServiceDeploymentBrief | undefined,
  id: string,
  { sleep, signal }: ActionWork,
): Promise<WorkEnd> => {
  while (!signal.aborted) {
    await sleep(pollMs);
    const end = endOf(id, look());
    if (end) return end;
  }
  return ended(id, 'nobody waits for it any more.');
};

export const deployService =
  (release: Release): Work =>
  async (run) => {
    const { application, ecs, service: name } = release;
    const { cluster } = application;
    const { service } = serviceNamed(application, name);
    const taskDefinition = registerWithImage(release, run);
    const updated = ecs.operations.UpdateService({ cluster, service, taskDefinition });
    const id = updated.service?.deployments?.[0]?.id ?? '';
    // A deployment and the revision that it deploys have the same number.
    const digits = id.split('/').at(-1) ?? '';
    const look = (): ServiceDeploymentBrief | undefined =>
      ecs.operations
        .ListServiceDeployments({ cluster, service })
        .serviceDeployments?.find(({ targetServiceRevisionArn }) =>
          targetServiceRevisionArn?.endsWith(`/${digits}`),
        );
    return follow(look, id, run);
  };
