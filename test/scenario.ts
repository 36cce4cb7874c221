// The life of one tenant, as the reusable workflow runs it: in, healthy, and out again.
import type { Lab } from './lab.ts';

export const bringUp = async (
  { run }: Pick<Lab, 'run'>,
  given: Readonly<Record<string, string>> = {},
): Promise<void> => {
  await run('provision-tenant', { ...given, steps: 'secret,access' });
  await run('run-db-init', given);
  await run('provision-tenant', given);
  await run('wait-healthy', given);
};

export const tearDown = async (
  { run }: Pick<Lab, 'run'>,
  given: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const tenant = given.tenant ?? 'goldencrust';
  await run('rollback-tenant', {
    mode: 'teardown',
    confirm: tenant,
    'drop-database': 'true',
    'purge-secret': 'true',
    ...given,
  });
};
