// What is known of services that are not well: their newest deployment, as it stands now.
import { caseOf } from '../case.ts';
import type { Evidence } from '../diagnose/evidence.ts';
import { serviceRules } from '../diagnose/rules/service.ts';
import type { Case } from '../errors.ts';
import { gatherService } from '../evidence/gather.ts';
import type { ApplicationService } from '../fleet/application.ts';
import { primaryOf } from '../judge/deployment.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { describeServices } from './find.ts';
import { mapGently } from './pool.ts';
import { sceneOf } from './scene.ts';

/** A case for each that ECS shows with a deployment. What cannot be read is among its evidence. */
export const diagnoseServices = async (
  around: ApplicationSurroundings,
  services: readonly ApplicationService[],
  state: Evidence['state'],
): Promise<readonly Case[]> => {
  if (!services.length) return [];
  const shown = await describeServices(around, services);
  const cases = await mapGently(services, 3, async (named): Promise<Case | undefined> => {
    const service = shown.get(named.name);
    const ours = primaryOf(service)?.id;
    if (!service || !ours) return undefined;
    const scene = sceneOf(around.application, named, ours);
    return caseOf(
      serviceRules,
      await gatherService(around, scene, { state, sight: { service, deployment: undefined } }),
    );
  });
  return cases.flatMap((one) => one ?? []);
};
