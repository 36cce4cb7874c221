// Whether an application's services are set up alike where they must be: warnings, for all of them may be healthy.
import type { Service } from '@aws-sdk/client-ecs';
import { findAll } from '../diagnose/find.ts';
import { applicationSettingsRules } from '../diagnose/rules/application-settings.ts';
import type { ServiceSettings } from '../diagnose/settings-evidence.ts';
import { Cancelled } from '../errors.ts';
import { definitionSeen } from '../evidence/definition.ts';
import type { ApplicationService } from '../fleet/application.ts';
import type { Check } from '../judge/check.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { describeServices } from './find.ts';
import { mapGently } from './pool.ts';
import { factsOfApplication } from './scene.ts';

/** Takes a call for each service. What cannot be read is not compared. */
export const checkSettings = async (
  around: ApplicationSurroundings,
  services: readonly ApplicationService[],
): Promise<readonly Check[]> => {
  const shown = await describeServices(around, services);
  const read = await mapGently(services, 3, async (named) => ({
    seen: await readSettings(around, named, shown.get(named.name)),
  }));
  const facts = factsOfApplication(around.application);
  const evidence = { facts, services: read.flatMap(({ seen }) => seen ?? []) };
  return findAll(applicationSettingsRules, evidence).map(({ id, cause, fix }) => ({
    kind: 'settings',
    name: id,
    state: 'warning',
    detail: cause,
    fix: fix.join(' '),
  }));
};

const readSettings = async (
  { aws }: ApplicationSurroundings,
  { name, container }: ApplicationService,
  service: Service | undefined,
): Promise<ServiceSettings | undefined> => {
  if (!service?.taskDefinition || !service.desiredCount) return undefined;
  try {
    const answer = await aws.ecs.describeTaskDefinition({ taskDefinition: service.taskDefinition });
    const { containers } = definitionSeen(answer.taskDefinition ?? {});
    const found = containers.find((one) => one.name === container);
    if (!found) return undefined;
    const revision = service.taskDefinition.split('/').at(-1) ?? '';
    return {
      name,
      image: found.image,
      revision,
      variables: { ...secretNames(found.secrets), ...found.environment },
    };
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return undefined;
  }
};

const secretNames = (secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(secrets).map((name) => [name, '']));
