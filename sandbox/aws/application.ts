// What an application's manifest takes for granted, put into an account as if Terraform had made it long ago: network,
// images, roles, secrets, load balancer, services, database and pipelines.
import type { Application } from '../../src/shared/fleet/application.ts';
import { databaseSecret, prefixOf, repositoriesOf, rolesOf } from './application-names.ts';
import { networkOf } from './application-network.ts';
import { type PipelineWorks, seedPipelines } from './application-pipelines.ts';
import { seedRoutes } from './application-routes.ts';
import { seedService } from './application-services.ts';
import type { CodePipeline } from './codepipeline/codepipeline.ts';
import { executionPolicy, type PlatformServices, tasksMayAssume } from './platform.ts';
import type { Network } from './services/ec2-network.ts';
import type { Ecr } from './services/ecr.ts';

export type ApplicationGround = PlatformServices & {
  readonly ecr: Ecr;
  readonly codepipeline: CodePipeline;
};

export type ApplicationSeed = {
  readonly application: Application;
  /** As `planApplication` made it, others' beside it. */
  readonly network: Network;
  /** Replaces made-up contents, by secret name. */
  readonly secretValues: Readonly<Record<string, object>>;
  /** Replaces what pipelines' actions do. */
  readonly works: PipelineWorks;
};

const seedSecrets = (
  { cloud, secrets }: ApplicationGround,
  { application, secretValues }: ApplicationSeed,
) => {
  const seed = (name: string, madeUp: object): string =>
    secrets.seedSecret(name, secretValues[name] ?? madeUp);
  const appKey = `${application.name}/${application.environment.name}/app-key`;
  return {
    database: seed(databaseSecret(application), {
      username: 'appuser',
      password: `not-real-${cloud.newId(24)}`,
    }),
    appKey: seed(appKey, { key: `base64:not-real-${cloud.newId(24)}` }),
  };
};

const seedRoles = (
  { cloud, iam }: ApplicationGround,
  application: Application,
  secrets: readonly string[],
): void => {
  const { execution, task } = rolesOf(application);
  for (const name of [execution, task]) iam.seedRole({ name, trustPolicy: tasksMayAssume });
  iam.seedPolicy({
    role: execution,
    name: `${prefixOf(application)}-ecs-execution`,
    document: executionPolicy(cloud, {
      logGroups: application.services.map(({ logGroup }) => logGroup),
      secrets,
    }),
  });
};

/** The images that somebody pushed by hand before there was a pipeline. */
const seedImages = ({ ecr }: ApplicationGround, application: Application): void => {
  for (const repository of repositoriesOf(application)) {
    ecr.seedRepository(repository);
    ecr.push({ repository, tags: ['latest', 'v1.0.0'], contents: `${repository} v1.0.0` });
  }
};

/** Its services' tasks need some seconds of the cloud's time to become healthy. */
export const seedApplication = (ground: ApplicationGround, seed: ApplicationSeed): void => {
  const { application } = seed;
  const network = networkOf(seed.network, application);
  const secrets = seedSecrets(ground, seed);
  seedRoles(ground, application, Object.values(secrets));
  seedImages(ground, application);
  for (const group of new Set(application.services.map(({ logGroup }) => logGroup)))
    ground.logs.seedGroup(group);
  ground.ecs.seedCluster(application.cluster);
  const targetGroups = seedRoutes({ elb: ground.elb, application, network });
  for (const service of application.services)
    seedService({ ...ground, application, network, secrets, targetGroups }, service);
  seedPipelines({ ...ground, application, network }, seed.works);
};
