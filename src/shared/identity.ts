// As whom an action talks to AWS: its phase's role or the job's own credentials, in the environment's account and region.
import { findAll } from './diagnose/find.ts';
import type { Facts } from './diagnose/rule.ts';
import { type PlaceEvidence, placeRules } from './diagnose/rules/credentials-place.ts';
import { Refused } from './errors.ts';
import type { ReleasePhase } from './fleet/application.ts';
import { roleArnOf } from './fleet/desired.ts';
import type { Phase } from './fleet/types.ts';
import { accountOf } from './oidc/assume.ts';
import type { RoleOrigin } from './oidc/culprit.ts';
import { sessionName } from './oidc/session-name.ts';
import type { Aws, World } from './world.ts';

/** An account and region, and whose roles act there: an environment of tenants, or of one application. */
export type Place = {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly roles: Readonly<Partial<Record<Phase | ReleasePhase, string>>>;
};

export type Identity = {
  readonly environment: Place;
  readonly phase: Phase | ReleasePhase;
  /** ARN from the input; it wins over the environment's role of the phase. */
  readonly roleToAssume: string | undefined;
  /** Whom the session's name tells: a tenant, an application, or the environment where it is for all of its tenants. */
  readonly subject: string;
  /** The application whose file the environment stands in; without it the environment has a file of its own. */
  readonly application?: string;
  /** Narrows an assumed role; the job's own credentials cannot be narrowed. */
  readonly sessionPolicy?: string;
};

/**
 * Clients of the environment's account and region, proven before anything is written. Throws Refused otherwise.
 * One call with the job's own credentials; none with a role, whose ARN tells the account and which is assumed at first use.
 */
export const connectAs = async (
  { environment, phase, roleToAssume, subject, application, sessionPolicy }: Identity,
  world: Pick<World, 'connect' | 'ambientRegion' | 'run'>,
): Promise<Aws> => {
  const manifest = manifestOf(environment, application);
  checkRegion({ environment, manifest }, world.ambientRegion);
  const role = environment.roles[phase];
  const roleArn = roleToAssume ?? (role === undefined ? undefined : roleArnOf(environment, role));
  if (roleArn !== undefined) checkRole({ environment, manifest }, roleArn);
  const { id, attempt } = world.run;
  const aws = world.connect({
    region: environment.region,
    roleArn,
    sessionName: sessionName({ phase, subject, runId: id, attempt }),
    ...(roleArn === undefined ? {} : { roleFrom: originOf(phase, manifest, roleToAssume) }),
    ...(roleArn !== undefined && sessionPolicy !== undefined ? { sessionPolicy } : {}),
  });
  if (roleArn === undefined) await checkCaller({ environment, manifest }, aws);
  return aws;
};

/** Where the environment's values are written. */
type Written = { readonly file: string; readonly prefix: string };

const manifestOf = ({ name }: Place, application: string | undefined): Written =>
  application === undefined
    ? { file: `environments/${name}.yml`, prefix: '' }
    : { file: `applications/${application}.yml`, prefix: `environments.${name}.` };

const originOf = (
  phase: Identity['phase'],
  { file, prefix }: Written,
  given: string | undefined,
): RoleOrigin =>
  given === undefined
    ? { phase, key: `${prefix}roles.${phase}`, file }
    : { phase, key: 'input role-to-assume', file: undefined };

type Wanted = { readonly environment: Place; readonly manifest: Written };

const checkRegion = ({ environment, manifest }: Wanted, ambient: string | undefined): void => {
  if (ambient === undefined || ambient === environment.region) return;
  throw refuse('region', { environment, manifest }, { found: ambient });
};

const checkRole = ({ environment, manifest }: Wanted, roleArn: string): void => {
  const account = accountOf(roleArn);
  if (account !== environment.accountId)
    throw refuse('role', { environment, manifest }, { role: roleArn, found: account });
};

const checkCaller = async ({ environment, manifest }: Wanted, aws: Pick<Aws, 'sts'>): Promise<void> => {
  const { Account = '(none)', Arn = '(nobody)' } = await aws.sts.getCallerIdentity({});
  if (Account !== environment.accountId)
    throw refuse('caller', { environment, manifest }, { caller: Arn, found: Account });
};

const refuse = (
  differs: PlaceEvidence['differs'],
  { environment, manifest }: Wanted,
  seen: Facts,
): Refused => {
  const { name, accountId, region } = environment;
  const key = `${manifest.prefix}${differs === 'region' ? 'region' : 'accountId'}`;
  const facts = { ...seen, environment: name, account: accountId, region, key, file: manifest.file };
  const [finding] = findAll(placeRules, { differs, facts });
  return new Refused(finding?.cause ?? '', finding?.fix.join(' ') ?? '');
};
