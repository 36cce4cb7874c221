// What destroys must be named by the person who asks for it.
import { Refused } from './errors.ts';
import type { Tenant } from './fleet/types.ts';

export type Confirmation = {
  readonly confirm: string | undefined;
  readonly confirmDatabase: string | undefined;
  readonly dropDatabase: boolean;
};

/** Throws Refused unless `confirm` is the tenant's name and, on a protected environment, the database is named too. */
export const requireConfirmation = (tenant: Tenant, given: Confirmation): void => {
  const { environment, name, database } = tenant;
  if (given.confirm !== name)
    throw new Refused(
      given.confirm
        ? `Input confirm is '${given.confirm}', not the tenant's name '${name}'.`
        : `This removes tenant ${name} from ${environment.name}, and input confirm was not given.`,
      `Nothing was written. Set confirm: ${name} if that is what you want.`,
    );
  if (given.dropDatabase && environment.protected && given.confirmDatabase !== database.name)
    throw new Refused(
      `Environment ${environment.name} is protected, and input confirm-database does not name the database.`,
      `Nothing was written. Set confirm-database: ${database.name} if its data should go.`,
    );
};
