// The GitHub environments of an environment, for workflows that ask for approval and plan no rollout.
import { UserError } from '../errors.ts';
import { loadFleet } from '../fleet/load.ts';
import { didYouMean } from '../fleet/nearest.ts';
import type { Environment } from '../fleet/types.ts';
import type { World } from '../world.ts';

type Given = { readonly fleet: string; readonly environment: string };

/** Mistakes in other files than the environment's own stop nobody. Throws UserError for its own, and where there is none. */
export const readGates = async (
  { fleet, environment }: Given,
  { files }: Pick<World, 'files'>,
): Promise<Environment['github']> => {
  const { environments } = await loadFleet(
    files,
    fleet,
    ({ place }) => place === undefined || place.file.endsWith(`environments/${environment}.yml`),
  );
  const found = environments.get(environment);
  if (found) return found.github;
  const fix = didYouMean(environment, [...environments.keys()], 'Environments');
  throw new UserError([{ what: `There is no environment ${environment}.`, fix }]);
};
