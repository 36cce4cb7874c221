// The database step on a self-hosted runner inside the VPC.
import type { Operation, TenantOperation } from './database/environment.ts';
import { type Login, localCall } from './database/local.ts';
import { explainEnd, factsOfStep } from './database-end.ts';
import type { Facts } from './diagnose/rule.ts';
import { Failed } from './errors.ts';
import { namesOf } from './fleet/names.ts';
import type { TaskOwner } from './fleet/types.ts';
import { parseLogin } from './login.ts';
import type { Prepared } from './prepare.ts';
import { quoteForeign } from './redact.ts';
import { readCurrent } from './resources/secret-value.ts';
import type { World } from './world.ts';

type LocalStep = { readonly operation: TenantOperation; readonly dumpFolder: string };

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
  return tailOf(
    await runLocally(
      around,
      { operation, call: await runs[operation](), facts: factsOfStep(tenant) },
      { exec },
    ),
  );
};

type LocalProgram = {
  readonly operation: Operation;
  readonly call: Parameters<World['exec']>[0];
  readonly facts: Facts;
};

/** The whole output of the script, as it is. Throws Failed with its own explanation where it did not end well. */
export const runLocally = async (
  around: Pick<Prepared, 'deadline' | 'clock'>,
  { operation, call, facts }: LocalProgram,
  { exec }: Pick<World, 'exec'>,
): Promise<string> => {
  const seconds = Math.max(1, Math.ceil((around.deadline - around.clock.now()) / 1000));
  const { exitCode, output } = await exec(within(call, seconds));
  if (exitCode === 0) return output;
  const logTail = tailOf(output);
  if (exitCode === overdue)
    throw new Failed(
      `Database ${operation} was not done after ${seconds} s and was ended.`,
      'Look for locks on the server (SHOW PROCESSLIST), or raise timeout-minutes; run again.',
      logTail,
    );
  throw explainEnd(operation, { exitCode, reason: '', stopCode: '', logTail, facts });
};

const tailOf = (output: string): readonly string[] =>
  output.split(/\r?\n/).filter(Boolean).slice(-50).map(quoteForeign);

/** coreutils' `timeout` ends with this where it had to end the program. */
const overdue = 124;

/** A statement that waits for a lock waits for ever; the script's own limits are for connecting only. */
const within = (call: Parameters<World['exec']>[0], seconds: number): Parameters<World['exec']>[0] => ({
  ...call,
  command: 'timeout',
  args: ['--kill-after=10', String(seconds), call.command, ...call.args],
});

export const readLogin = async (
  around: Pick<Prepared, 'aws' | 'log'> & { readonly tenant: TaskOwner },
  name: string,
): Promise<Login> => {
  const { SecretString = '' } = await readCurrent(around, name);
  const value = parseLogin(SecretString);
  if (!value)
    throw new Failed(
      `Secret ${name} does not hold {"username", "password"}.`,
      'Correct its value in Secrets Manager.',
    );
  around.log.secret(value.password);
  return value;
};
