// The database step on a self-hosted runner inside the VPC.
import type { Operation } from './database/environment.ts';
import { type Login, localCall } from './database/local.ts';
import { explainEnd } from './database-end.ts';
import { Failed } from './errors.ts';
import { namesOf } from './fleet/names.ts';
import { parseLogin } from './login.ts';
import type { Prepared } from './prepare.ts';
import { quoteForeign } from './redact.ts';
import type { World } from './world.ts';

type LocalStep = { readonly operation: Operation; readonly dumpFolder: string };

export const runDatabaseLocally = async (
  around: Prepared,
  { operation, dumpFolder }: LocalStep,
  { exec }: Pick<World, 'exec'>,
): Promise<readonly string[]> => {
  const { tenant } = around;
  const master = () => readLogin(around, tenant.environment.database.masterSecret);
  const login = () => readLogin(around, namesOf(tenant).secret);
  const runs = {
    init: async () => localCall({ tenant, operation: 'init', master: await master(), login: await login() }),
    verify: async () => localCall({ tenant, operation: 'verify', login: await login() }),
    drop: async () =>
      localCall({ tenant, operation: 'drop', master: await master(), dumpFolder: dumpFolder || undefined }),
  };
  const { exitCode, output } = await exec(await runs[operation]());
  const logTail = output.split(/\r?\n/).filter(Boolean).slice(-50).map(quoteForeign);
  if (exitCode === 0) return logTail;
  throw explainEnd(operation, { exitCode, reason: '', stopCode: '', logTail });
};

const readLogin = async ({ aws, log }: Prepared, name: string): Promise<Login> => {
  const { SecretString = '' } = await aws.secrets.getSecretValue({ SecretId: name });
  const value = parseLogin(SecretString);
  if (!value)
    throw new Failed(
      `Secret ${name} does not hold {"username", "password"}.`,
      'Correct its value in Secrets Manager.',
    );
  log.secret(value.password);
  return value;
};
