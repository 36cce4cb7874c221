// An application's services in a sandbox whose clock runs by itself: its first tasks take their time to become healthy.
import { setTimeout as pause } from 'node:timers/promises';
import type { Application } from '../src/shared/fleet/application.ts';
import type { Sandbox } from './aws/sandbox.ts';

const pauseMs = 50;
const patienceMs = 60_000;

const isSettled = ({ neighbours: { ecs } }: Sandbox, { cluster, services }: Application): boolean =>
  services.every(({ service }) => {
    const [found] = ecs.operations.DescribeServices({ cluster, services: [service] }).services ?? [];
    return (
      found?.deployments?.every(({ rolloutState }) => rolloutState === 'COMPLETED') === true &&
      found.runningCount === found.desiredCount
    );
  });

const lastEvents = ({ neighbours: { ecs } }: Sandbox, { cluster, services }: Application) =>
  services.flatMap(({ service }) => {
    const [found] = ecs.operations.DescribeServices({ cluster, services: [service] }).services ?? [];
    return found?.events?.slice(0, 3).map(({ message }) => message) ?? [];
  });

/** Throws a plain Error where they do not run after a minute of the machine's time. */
export const untilSettled = async (sandbox: Sandbox, application: Application): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  while (!isSettled(sandbox, application)) {
    if (Date.now() > deadline)
      throw new Error(
        `The services of ${application.name} do not come up:\n${lastEvents(sandbox, application).join('\n')}`,
      );
    await pause(pauseMs);
  }
};
