// What every part of running a command is given.
import type { ApplicationSurroundings } from '../prepare-application.ts';
import type { World } from '../world.ts';
import type { Call } from './call.ts';
import type { Workplace } from './workplace.ts';

export type Running = {
  readonly around: ApplicationSurroundings;
  readonly call: Call;
  readonly workplace: Workplace;
  readonly world: Pick<World, 'run' | 'remember' | 'output'>;
};
