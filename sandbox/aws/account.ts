// The services of one account, wired to each other and furnished with the platform of its environments.
import { createHash } from 'node:crypto';
import type { Environment } from '../../src/shared/fleet/types.ts';
import { type Authorize, createAuthorize } from './authorization/authorize.ts';
import type { CloudClock } from './clock.ts';
import type { Cloud, CloudSettings } from './cloud.ts';
import type { Runtime } from './containers/runtime.ts';
import { createEcs, type EcsPort } from './ecs/ecs.ts';
import { createElb, type Elb } from './elb/elb.ts';
import { planPlatform, seedEnvironment } from './platform.ts';
import { createEc2, type Ec2 } from './services/ec2.ts';
import { createEfs, type Efs } from './services/efs.ts';
import { createIam, type Iam } from './services/iam.ts';
import { createLogs, type Logs } from './services/logs.ts';
import { type Address, createRds, type Rds } from './services/rds.ts';
import { createSecrets, type Secrets } from './services/secrets.ts';
import { createSts, type Sts } from './services/sts.ts';
import { createTokenIssuer, type TokenIssuer } from './services/tokens.ts';

export type AccountOptions = {
  readonly clock: CloudClock;
  readonly runtime: Runtime;
  /** The environments of one account and region; there must be one at least. */
  readonly platforms: readonly Environment[];
  /** Unless given: nothing lags, pages are AWS's own. */
  readonly settings?: Partial<CloudSettings>;
  /** Real database servers by the host name that the environments know. */
  readonly databases?: Readonly<Record<string, Address>>;
  /** Contents of the platform's own secrets by name, where made-up ones will not do. */
  readonly secretValues?: Readonly<Record<string, object>>;
};

/** The ports with what tests need beside them: seeding, and a look without lag. */
export type AccountServices = {
  readonly ec2: Ec2;
  readonly ecs: EcsPort;
  readonly efs: Efs;
  readonly elb: Elb;
  readonly iam: Iam;
  readonly logs: Logs;
  readonly rds: Rds;
  readonly secrets: Secrets;
  readonly sts: Sts;
};

export type Account = {
  readonly cloud: Cloud;
  readonly services: AccountServices;
  readonly tokens: TokenIssuer;
  readonly authorize: Authorize;
};

const dayMs = 24 * 60 * 60 * 1000;

const createIds = (): Cloud['newId'] => {
  let count = 0;
  return (length) => createHash('sha256').update(`id ${count++}`).digest('hex').slice(0, length);
};

/** A clock that shows yesterday until `settle` is called: what a platform has, it has had for long. */
const createSeedingClock = (
  clock: CloudClock,
): { readonly clock: CloudClock; readonly settle: () => void } => {
  let back = dayMs;
  return {
    clock: { now: () => clock.now() - back, after: clock.after },
    settle: () => {
      back = 0;
    },
  };
};

const placeOf = (platforms: readonly Environment[]): Pick<Cloud, 'accountId' | 'region'> => {
  const [first, ...others] = platforms;
  if (!first) throw new Error('A sandbox needs one environment at least.');
  const { accountId, region } = first;
  const stranger = others.find((one) => one.accountId !== accountId || one.region !== region);
  if (stranger)
    throw new Error(
      `${stranger.name} is not in account ${accountId}, ${region}: give it a sandbox of its own.`,
    );
  return { accountId, region };
};

const createServices = (cloud: Cloud, options: AccountOptions, tokens: TokenIssuer): AccountServices => {
  const platform = planPlatform(cloud, options.platforms);
  const iam = createIam(cloud);
  const neighbours = {
    ec2: createEc2(cloud, platform.network),
    efs: createEfs(cloud),
    elb: createElb(cloud),
    iam,
    logs: createLogs(cloud),
    rds: createRds(cloud, platform.databases, options.databases ?? {}),
    secrets: createSecrets(cloud),
  };
  const ecs = createEcs(cloud, neighbours, options.runtime);
  return { ...neighbours, ecs, sts: createSts(cloud, iam, tokens) };
};

export const createAccount = (options: AccountOptions): Account => {
  const { clock, settle } = createSeedingClock(options.clock);
  const cloud: Cloud = {
    ...placeOf(options.platforms),
    clock,
    settings: { pageSize: undefined, readLagMs: 0, policyLagMs: 0, ...options.settings },
    newId: createIds(),
  };
  const tokens = createTokenIssuer(clock);
  const services = createServices(cloud, options, tokens);
  for (const environment of options.platforms)
    seedEnvironment({ ...services, cloud }, environment, options.secretValues ?? {});
  settle();
  return { cloud, services, tokens, authorize: createAuthorize(cloud, services) };
};
