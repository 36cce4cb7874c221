// The GitHub environments of an environment, for workflows that ask for approval and plan no rollout.
import { UserError } from '../errors.ts';
import { selectTenant } from '../fleet/fleet.ts';
import { concerning, loadFleet } from '../fleet/load.ts';
import { didYouMean } from '../fleet/nearest.ts';
import type { Environment } from '../fleet/types.ts';
import type { World } from '../world.ts';

type Given = {
  readonly fleet: string;
  readonly environment: string;
  /** Must live in the environment, retired or not; undefined: none is asked for. */
  readonly tenant: string | undefined;
};

/** Mistakes in files that are not theirs stop nobody. Throws UserError for their own, and where there is no such one. */
export const readGates = async (
  { fleet, environment, tenant }: Given,
  { files }: Pick<World, 'files'>,
): Promise<Environment['github']> => {
  const loaded = await loadFleet(files, fleet, concerning({ environment, tenant }));
  const found = loaded.environments.get(environment);
  if (!found) {
    const fix = didYouMean(environment, [...loaded.environments.keys()], 'Environments');
    throw new UserError([{ what: `There is no environment ${environment}.`, fix }]);
  }
  if (tenant !== undefined) selectTenant(loaded, { environment, tenant });
  return found.github;
};
