// As whom an action talks to AWS: its phase's role or the job's own credentials, in the environment's account and region.
import { Refused } from './errors.ts';
import { roleArnOf } from './fleet/desired.ts';
import type { Environment, Phase } from './fleet/types.ts';
import { accountOf } from './oidc/assume.ts';
import type { RoleOrigin } from './oidc/culprit.ts';
import { sessionName } from './oidc/session-name.ts';
import type { Aws, World } from './world.ts';

export type Identity = {
  readonly environment: Environment;
  readonly phase: Phase;
  /** ARN from the input; it wins over the environment's role of the phase. */
  readonly roleToAssume: string | undefined;
  /** Whom the session's name tells: a tenant, or the environment where it is for all of them. */
  readonly subject: string;
  /** Narrows an assumed role; the job's own credentials cannot be narrowed. */
  readonly sessionPolicy?: string;
};

/**
 * Clients of the environment's account and region, proven before anything is written. Throws Refused otherwise.
 * One call with the job's own credentials; none with a role, whose ARN tells the account and which is assumed at first use.
 */
export const connectAs = async (
  { environment, phase, roleToAssume, subject, sessionPolicy }: Identity,
  world: Pick<World, 'connect' | 'ambientRegion' | 'run'>,
): Promise<Aws> => {
  checkRegion(environment, world.ambientRegion);
  const role = environment.roles[phase];
  const roleArn = roleToAssume ?? (role === undefined ? undefined : roleArnOf(environment, role));
  if (roleArn !== undefined) checkRole(environment, roleArn);
  const { id, attempt } = world.run;
  const aws = world.connect({
    region: environment.region,
    roleArn,
    sessionName: sessionName({ phase, subject, runId: id, attempt }),
    ...(roleArn === undefined ? {} : { roleFrom: originOf(environment, phase, roleToAssume) }),
    ...(roleArn !== undefined && sessionPolicy !== undefined ? { sessionPolicy } : {}),
  });
  if (roleArn === undefined) await checkCaller(environment, aws);
  return aws;
};

const originOf = ({ name }: Environment, phase: Phase, given: string | undefined): RoleOrigin =>
  given === undefined
    ? { phase, key: `roles.${phase}`, file: `environments/${name}.yml` }
    : { phase, key: 'input role-to-assume', file: undefined };

const checkRegion = (environment: Environment, ambient: string | undefined): void => {
  if (ambient === undefined || ambient === environment.region) return;
  throw new Refused(
    `This job is set up for region ${ambient} (AWS_REGION), but environment ${environment.name} is in ${environment.region}.`,
    'Nothing was written. Correct aws-region of the job or region in the environment manifest.',
  );
};

const checkRole = ({ name, accountId }: Environment, roleArn: string): void => {
  const account = accountOf(roleArn);
  if (account === accountId) return;
  throw new Refused(
    `Role ${roleArn} is of account ${account}, but environment ${name} is account ${accountId}.`,
    'Nothing was asked for or written. Use a role of the right account, or correct accountId in the environment manifest.',
  );
};

const checkCaller = async (environment: Environment, aws: Pick<Aws, 'sts'>): Promise<void> => {
  const { Account, Arn } = await aws.sts.getCallerIdentity({});
  if (Account === environment.accountId) return;
  throw new Refused(
    `These credentials are of account ${Account} (${Arn}), but environment ${environment.name} is account ${environment.accountId}.`,
    'Nothing was written. Use a role of the right account, or correct accountId in the environment manifest.',
  );
};
