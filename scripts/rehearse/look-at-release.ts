// What a release made of the application, asked of the cloud itself.
import { databaseSecret } from '../../sandbox/aws/application-names.ts';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import type { ApplicationRehearsal } from '../../sandbox/rehearsal.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import type { Aws } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';

type Looked = Pick<ApplicationRehearsal, 'cloud' | 'application'>;

const connect = ({ cloud, application }: Looked): Aws =>
  connectAws(
    {
      region: application.environment.region,
      endpoint: 'http://sandbox.invalid',
      credentials: async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' }),
      requestHandler: inProcessHandler(cloud.sandbox),
    },
    clients,
  );

export type DatabaseSecret = {
  readonly read: () => Promise<Readonly<Record<string, string>>>;
  readonly write: (value: Readonly<Record<string, string>>) => Promise<void>;
};

export const openDatabaseSecret = (looked: Looked): DatabaseSecret => {
  const { secrets } = connect(looked);
  const SecretId = databaseSecret(looked.application);
  return {
    read: async () => JSON.parse((await secrets.getSecretValue({ SecretId })).SecretString ?? '{}'),
    write: async (value) => {
      await secrets.putSecretValue({ SecretId, SecretString: JSON.stringify(value) });
    },
  };
};

/** By pipeline, the status of every execution that there is. */
export const readExecutions = ({ cloud, application }: Looked): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    application.pipelines.map(({ pipeline }) => [
      pipeline,
      cloud.sandbox.neighbours.codepipeline.executions(pipeline).map(({ status }) => status),
    ]),
  );

/** By service, the image that its task definition names, without the registry. */
export const readImages = async (looked: Looked): Promise<Readonly<Record<string, string>>> => {
  const { ecs } = connect(looked);
  const { cluster, services: named } = looked.application;
  const { services = [] } = await ecs.describeServices({
    cluster,
    services: named.map(({ service }) => service),
  });
  const images: Record<string, string> = {};
  for (const { serviceName = '', taskDefinition } of services) {
    const { taskDefinition: found } = await ecs.describeTaskDefinition({ taskDefinition });
    images[serviceName] = found?.containerDefinitions?.[0]?.image?.split('/').at(-1) ?? '';
  }
  return images;
};

/** Short names of the services that run all their tasks and are through with every deployment. */
export const steadyServices = async (looked: Looked): Promise<readonly string[]> => {
  const { cluster, services: named } = looked.application;
  const { services = [] } = await connect(looked).ecs.describeServices({
    cluster,
    services: named.map(({ service }) => service),
  });
  const steady = services.filter(
    ({ deployments = [], runningCount, desiredCount }) =>
      runningCount === desiredCount && deployments.every(({ rolloutState }) => rolloutState === 'COMPLETED'),
  );
  const names = new Set(steady.map(({ serviceName }) => serviceName));
  return named.filter(({ service }) => names.has(service)).map(({ name }) => name);
};
