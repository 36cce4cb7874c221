// Waits until a tenant or a whole application is healthy, and stays so.
import { type Problem, UserError } from '../../../src/shared/errors.ts';
import { type Subject, subjectOf } from '../../../src/shared/inputs.ts';
import type { World } from '../../../src/shared/world.ts';
import { waitForApplication } from './application.ts';
import type { Given, Reported } from './given.ts';
import { waitForTenant } from './tenant.ts';

export { inputs, outputs } from './given.ts';

export const title = 'Wait until healthy';

export const run = async (given: Given, world: World): Promise<Reported> => {
  const subject = subjectOf(given);
  const problems = findMisplaced(subject, given);
  if (problems.length) throw new UserError(problems);
  return subject.kind === 'tenant'
    ? waitForTenant(given, subject.name, world)
    : waitForApplication(given, subject.name, world);
};

/** Inputs that mean nothing for whom the action is for. */
const findMisplaced = ({ kind }: Subject, { services, deploymentId, probe }: Given): readonly Problem[] => {
  if (kind === 'tenant')
    return services.length
      ? [{ what: 'Input services is for an application; a tenant has one service.', fix: 'Leave it out.' }]
      : [];
  const id = {
    what: 'Input deployment-id is for a tenant; the services of an application are looked at as they run.',
    fix: 'Leave it out: redeploy-services waits for the deployments that it makes.',
  };
  const balancer = {
    what: "Input probe is 'load-balancer', but an application's manifest names none.",
    fix: "Leave it out, write the load balancer's address (http://…), or off to visit nothing.",
  };
  return [...(deploymentId === undefined ? [] : [id]), ...(probe === 'load-balancer' ? [balancer] : [])];
};
