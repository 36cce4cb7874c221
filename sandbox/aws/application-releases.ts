// What the actions of an application's pipelines stand on.
import type { Application } from '../../src/shared/fleet/application.ts';
import type { ApplicationNetwork } from './application-network.ts';
import type { CodePipeline } from './codepipeline/codepipeline.ts';
import type { EcsPort } from './ecs/ecs.ts';
import type { LogsPort } from './ports.ts';
import type { Ecr } from './services/ecr.ts';

export type PipelinesGround = {
  readonly application: Application;
  readonly network: ApplicationNetwork;
  readonly codepipeline: CodePipeline;
  readonly ecr: Ecr;
  readonly ecs: EcsPort;
  readonly logs: LogsPort;
};

/** What an action's work stands on. */
export type Release = Omit<PipelinesGround, 'codepipeline'> & {
  /** Short name of the service that the pipeline releases. */
  readonly service: string;
};

/** The image's tag of a commit. */
export const tagOf = (revision: string): string => revision.slice(0, 12);
