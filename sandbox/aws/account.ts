// The services of one account, wired to each other and furnished with what its environments and applications stand on.
import { createHash } from 'node:crypto';
import type { Application } from '../../src/shared/fleet/application.ts';
import type { Environment } from '../../src/shared/fleet/types.ts';
import { seedApplication } from './application.ts';
import { planApplication } from './application-network.ts';
import type { PipelineWorks } from './application-pipelines.ts';
import { type Authorize, createAuthorize } from './authorization/authorize.ts';
import type { CloudClock } from './clock.ts';
import type { Cloud, CloudSettings } from './cloud.ts';
import { type CodePipeline, createCodePipeline } from './codepipeline/codepipeline.ts';
import type { Runtime } from './containers/runtime.ts';
import { createEcs, type EcsPort } from './ecs/ecs.ts';
import { createElb, type Elb } from './elb/elb.ts';
import { seedEnvironment } from './platform.ts';
import { type Platform, planPlatform } from './platform-network.ts';
import { type CodeBuild, createCodeBuild } from './services/codebuild.ts';
import { createEc2, type Ec2 } from './services/ec2.ts';
import { createEcr, type Ecr } from './services/ecr.ts';
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
  /** The tenants' environments of one account and region. */
  readonly platforms: readonly Environment[];
  /** Applications of the same account and region; there must be one at least of either. */
  readonly applications?: readonly Application[];
  /** Replaces what the actions of applications' pipelines do. */
  readonly works?: PipelineWorks;
  /** Unless given: nothing lags, pages are AWS's own. */
  readonly settings?: Partial<CloudSettings>;
  /** Real database servers by the host name that the environments know. */
  readonly databases?: Readonly<Record<string, Address>>;
  /** Contents of the platform's own secrets by name, where made-up ones will not do. */
  readonly secretValues?: Readonly<Record<string, object>>;
};

/** The ports with what tests need beside them: seeding, and a look without lag. */
export type AccountServices = {
  readonly codebuild: CodeBuild;
  readonly codepipeline: CodePipeline;
  readonly ec2: Ec2;
  readonly ecr: Ecr;
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

type Place = Pick<Cloud, 'accountId' | 'region'> & { readonly name: string };

const placeOf = ({ platforms, applications = [] }: AccountOptions): Place => {
  const places: readonly Place[] = [
    ...platforms,
    ...applications.map(({ name, environment }) => ({ ...environment, name })),
  ];
  const [first, ...others] = places;
  if (!first) throw new Error('A sandbox needs one environment or application at least.');
  const { accountId, region } = first;
  const stranger = others.find((one) => one.accountId !== accountId || one.region !== region);
  if (stranger)
    throw new Error(
      `${stranger.name} is not in account ${accountId}, ${region}: give it a sandbox of its own.`,
    );
  return first;
};

/** All networks and databases; the tenants' environments have one VPC, every application its own. */
const planAll = (cloud: Cloud, { platforms, applications = [] }: AccountOptions): Platform => {
  const plans = [
    ...(platforms.length > 0 ? [planPlatform(cloud, platforms)] : []),
    ...applications.map((application) => planApplication(cloud, application)),
  ];
  return {
    network: {
      vpcs: plans.flatMap(({ network }) => network.vpcs),
      subnets: plans.flatMap(({ network }) => network.subnets),
      securityGroups: plans.flatMap(({ network }) => network.securityGroups),
    },
    databases: plans.flatMap(({ databases }) => databases),
  };
};

const createServices = (
  cloud: Cloud,
  platform: Platform,
  { options, tokens }: { readonly options: AccountOptions; readonly tokens: TokenIssuer },
): AccountServices => {
  const iam = createIam(cloud);
  const logs = createLogs(cloud);
  const codebuild = createCodeBuild(cloud, logs);
  const codepipeline = createCodePipeline(cloud, codebuild);
  const neighbours = {
    ecr: createEcr(cloud),
    ec2: createEc2(cloud, platform.network),
    efs: createEfs(cloud),
    elb: createElb(cloud),
    iam,
    logs,
    rds: createRds(cloud, platform.databases, options.databases ?? {}),
    secrets: createSecrets(cloud),
  };
  const ecs = createEcs(cloud, neighbours, options.runtime);
  const sts = createSts(cloud, iam, tokens);
  return { ...neighbours, codebuild, codepipeline, ecs, sts };
};

export const createAccount = (options: AccountOptions): Account => {
  const { clock, settle } = createSeedingClock(options.clock);
  const { accountId, region } = placeOf(options);
  const cloud: Cloud = {
    accountId,
    region,
    clock,
    settings: {
      pageSize: undefined,
      readLagMs: 0,
      policyLagMs: 0,
      startLagMs: 0,
      patienceMs: 0,
      ...options.settings,
    },
    newId: createIds(),
  };
  const tokens = createTokenIssuer(clock);
  const platform = planAll(cloud, options);
  const services = createServices(cloud, platform, { options, tokens });
  const { platforms, applications = [], secretValues = {}, works = {} } = options;
  for (const environment of platforms) seedEnvironment({ ...services, cloud }, environment, secretValues);
  for (const application of applications)
    seedApplication({ ...services, cloud }, { application, network: platform.network, secretValues, works });
  settle();
  return { cloud, services, tokens, authorize: createAuthorize(cloud, services) };
};
