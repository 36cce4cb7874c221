// How every action of an application starts: its manifest read, identity checked. Nothing is written before.
import { createHash } from 'node:crypto';
import type { Application, ReleasePhase } from './fleet/application.ts';
import { loadApplication } from './fleet/applications.ts';
import { connectAs } from './identity.ts';
import type { Aws, World } from './world.ts';

export type SharedByApplications = {
  readonly fleet: string;
  readonly environment: string;
  readonly application: string;
  readonly roleToAssume: string | undefined;
  readonly timeoutMinutes: number;
};

export type ApplicationSurroundings = {
  readonly application: Application;
  readonly aws: Aws;
  /** Milliseconds since the epoch at which waiting is given up. */
  readonly deadline: number;
  /** Differs for every process. */
  readonly runToken: string;
} & Pick<World, 'clock' | 'log' | 'random'>;

/** Throws UserError for the manifest and inputs, Refused for the wrong account or region. Takes at most one call. */
export const prepareApplication = async (
  inputs: SharedByApplications,
  world: World,
  phase: ReleasePhase,
): Promise<ApplicationSurroundings> => {
  const deadline = world.clock.now() + inputs.timeoutMinutes * 60_000;
  const application = await loadApplication(world.files, inputs);
  const { name, environment } = application;
  const { roleToAssume } = inputs;
  const aws = await connectAs({ environment, phase, roleToAssume, subject: name, application: name }, world);
  return {
    application,
    aws,
    deadline,
    clock: world.clock,
    log: world.log,
    random: world.random,
    runToken: createHash('sha256').update(world.unique).digest('hex').slice(0, 16),
  };
};
