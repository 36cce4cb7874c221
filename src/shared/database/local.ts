// The database step on a self-hosted runner inside the VPC: the same script and variables, run by its `sh`.
import type { Exec } from '../world.ts';
import { type DatabaseOwner, environmentOf, listEnvironmentOf } from './environment.ts';
import { SCRIPT } from './script.ts';

/** The members of a database secret that log somebody in. */
export type Login = { readonly username: string; readonly password: string };

/** One run with what it needs and no more: verify knows no master, drop no tenant. */
export type LocalRun =
  | TenantRun
  | {
      readonly operation: 'list';
      readonly environment: DatabaseOwner['environment'];
      readonly master: Login;
    };

type TenantRun = { readonly tenant: DatabaseOwner } & (
  | { readonly operation: 'init'; readonly master: Login; readonly login: Login }
  | { readonly operation: 'verify'; readonly login: Login }
  /** `dumpFolder`: an existing folder on the runner. Undefined: an existing database is not dropped. */
  | { readonly operation: 'drop'; readonly master: Login; readonly dumpFolder: string | undefined }
);

/** The call for `world.exec`; its exit code is for `explainExit`. The passwords are in `env` only. */
export const localCall = (run: LocalRun): Parameters<Exec>[0] => ({
  command: 'sh',
  args: ['-c', SCRIPT],
  env: {
    ...(run.operation === 'list'
      ? listEnvironmentOf(run.environment)
      : environmentOf(run.tenant, run.operation)),
    ...secretsOf(run),
  },
  input: '',
});

const secretsOf = (run: LocalRun): Readonly<Record<string, string>> => {
  switch (run.operation) {
    case 'init':
      return { ...masterVariables(run.master), ...tenantVariables(run.login) };
    case 'verify':
      return tenantVariables(run.login);
    case 'list':
      return masterVariables(run.master);
    case 'drop':
      // Empty rather than left out: the runner's own environment must not decide where a dump goes.
      return { ...masterVariables(run.master), DUMP_FOLDER: run.dumpFolder ?? '' };
  }
};

const masterVariables = ({ username, password }: Login): Readonly<Record<string, string>> => ({
  MASTER_USERNAME: username,
  MASTER_PASSWORD: password,
});

const tenantVariables = ({ username, password }: Login): Readonly<Record<string, string>> => ({
  TENANT_USERNAME: username,
  TENANT_PASSWORD: password,
});
