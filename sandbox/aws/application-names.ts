// What an application's manifest does not name: Terraform gave it these names, and the manifest takes them for granted.
import { createHash } from 'node:crypto';
import type { Application, ApplicationService } from '../../src/shared/fleet/application.ts';
import type { CallContext } from './cloud.ts';
import { registryOf } from './services/ecr-store.ts';

const digits = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** `envelope-prod`, the beginning of most names. */
export const prefixOf = ({ name, environment }: Application): string => `${name}-${environment.name}`;

/** The host of the application's database, as RDS names it. */
export const databaseHost = (application: Application): string => {
  const { instance } = databaseOf(application);
  return `${instance}.c${digits(instance, 11)}.${application.environment.region}.rds.amazonaws.com`;
};

/** The secret that RDS made for the master user; it holds `username` and `password`. */
export const databaseSecret = (application: Application): string => {
  const id = digits(databaseOf(application).instance, 32);
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)];
  return `rds!db-${parts.join('-')}`;
};

/** Who made the platform. */
export const terraformOf = ({ environment }: Application): CallContext => ({
  caller: `arn:aws:iam::${environment.accountId}:user/terraform-deployer`,
});

/** As whom the pipelines' actions work. */
export const pipelineRoleOf = (application: Application): CallContext => ({
  caller: `arn:aws:sts::${application.environment.accountId}:assumed-role/${prefixOf(application)}-cicd/release`,
});

export const databaseOf = (application: Application): { readonly instance: string } =>
  application.database ?? { instance: `${prefixOf(application)}-db` };

export const rolesOf = (application: Application) => ({
  execution: `${prefixOf(application)}-ecs-execution`,
  task: `${prefixOf(application)}-ecs-task`,
});

export const loadBalancerOf = (application: Application): string => `${prefixOf(application)}-public-alb`;

/** A service runs its own image, or that of the service which migrates: a worker is the API in another process. */
export const repositoryOf = (
  application: Application,
  { name }: Pick<ApplicationService, 'name'>,
): string => {
  const { images, migration } = application;
  const found =
    images.find((image) => image.name === name) ??
    images.find((image) => image.name === migration?.service) ??
    images[0];
  return found?.repository ?? `${application.name}-${name}`;
};

/** Every repository that the application's services and images are of. */
export const repositoriesOf = (application: Application): readonly string[] => [
  ...new Set([
    ...application.images.map(({ repository }) => repository),
    ...application.services.map((service) => repositoryOf(application, service)),
  ]),
];

export const imageOf = (application: Application, repository: string, tag: string): string =>
  `${registryOf(application.environment)}/${repository}:${tag}`;

/** What Terraform knows of a service by its name. */
export type ServiceShape = {
  readonly port: number | undefined;
  readonly command: readonly string[];
  /** How the public load balancer reaches it; undefined: not at all. */
  readonly route: Route | undefined;
};

export type Route = { readonly host: string; readonly path: string; readonly matcher: string };

const artisan = (...words: readonly string[]): readonly string[] => ['php', 'artisan', ...words];

const known: Readonly<Record<string, Pick<ServiceShape, 'port' | 'command'>>> = {
  api: { port: 8000, command: [] },
  worker: { port: undefined, command: artisan('queue:work', '--tries=3') },
  scheduler: { port: undefined, command: artisan('schedule:work') },
  reverb: { port: 8080, command: artisan('reverb:start', '--host=0.0.0.0', '--port=8080') },
};

/** Nuxt, as the guide builds it. */
const web = { port: 3000, command: [] };

/** A service that a health check is named after is behind the load balancer, under the check's host. */
export const shapeOf = (
  application: Application,
  { name }: Pick<ApplicationService, 'name'>,
): ServiceShape => {
  const check = application.healthChecks.find((one) => one.name === name);
  const shape = known[name] ?? (check ? web : { port: undefined, command: [] });
  if (!check || shape.port === undefined) return { ...shape, route: undefined };
  const { hostname, pathname } = new URL(check.url);
  return { ...shape, route: { host: hostname, path: pathname, matcher: check.matcher } };
};

/** Laravel's processes reach the database; the others only ask the API. */
export const isLaravel = (application: Application, service: Pick<ApplicationService, 'name'>): boolean =>
  application.migration === undefined ||
  repositoryOf(application, service) === repositoryOf(application, { name: application.migration.service });
