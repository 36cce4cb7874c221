// An application's services, by short name as people ask for them and by name as ECS shows them.
import type { Service } from '@aws-sdk/client-ecs';
import { type Problem, UserError } from '../errors.ts';
import type { Application, ApplicationService } from '../fleet/application.ts';
import { unknownProblem } from '../fleet/applications.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { seek } from '../wait.ts';

/** DescribeServices takes no more. */
const perCall = 10;

/** In the manifest's order; all of them where none is named. Throws UserError with every unknown name. */
export const selectServices = (
  { name, services }: Application,
  names: readonly string[],
): readonly ApplicationService[] => {
  const known = services.map((service) => service.name);
  const problems = names
    .filter((wanted) => !known.includes(wanted))
    .map((wanted): Problem => unknownProblem(wanted, `service ${wanted} of ${name}`, known));
  if (problems.length) throw new UserError(problems);
  return names.length ? services.filter((service) => names.includes(service.name)) : services;
};

/** By short name; what ECS does not show is left out. One call for ten services. */
export const describeServices = async (
  { aws, application: { cluster } }: Pick<ApplicationSurroundings, 'aws' | 'application'>,
  services: readonly ApplicationService[],
): Promise<ReadonlyMap<string, Service>> => {
  const chunks = Array.from({ length: Math.ceil(services.length / perCall) }, (_, index) =>
    services.slice(index * perCall, (index + 1) * perCall),
  );
  const answers = await Promise.all(
    chunks.map((chunk) =>
      aws.ecs.describeServices({ cluster, services: chunk.map(({ service }) => service) }),
    ),
  );
  const shown = answers.flatMap((answer) => answer.services ?? []);
  return new Map(
    services.flatMap(({ name, service }) => {
      const found = shown.find(({ serviceName }) => serviceName === service);
      return found ? [[name, found] as const] : [];
    }),
  );
};

/** The same, looked for again where one is missing: a service made just now may not be seen yet. */
export const findServices = async (
  around: ApplicationSurroundings,
  services: readonly ApplicationService[],
): Promise<ReadonlyMap<string, Service>> => {
  let last: ReadonlyMap<string, Service> = new Map();
  await seek(async () => {
    last = await describeServices(around, services);
    return last.size === services.length ? last : undefined;
  }, around.clock);
  return last;
};
