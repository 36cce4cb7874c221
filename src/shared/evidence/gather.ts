// Everything about one deployment at once, for whoever did not watch it: bounded in calls, bytes and time.
import type { Evidence } from '../diagnose/evidence.ts';
import { lookAtHistory } from './history.ts';
import { openReading, type Reading } from './reading.ts';
import type { Around, Scene, Sight } from './scene.ts';
import { openWitness } from './witness.ts';

/**
 * What is to be seen of a deployment now. `sight` is what the caller has seen already: what it leaves undefined is looked up,
 * the deployment's history only where the scene's lookups name it. What cannot be read is in `unread`; throws only Cancelled.
 */
export const gatherService = async (
  around: Around,
  scene: Scene,
  seen: { readonly state: Evidence['state']; readonly sight?: Sight },
): Promise<Evidence> => {
  const reading = openReading(around.clock, 3);
  const witness = openWitness(around, scene);
  const service = seen.sight?.service ?? (await readService(around, scene, reading));
  const history =
    seen.sight?.deployment || !scene.lookups.includes('history')
      ? undefined
      : await reading.read("the service's deployments", () => lookAtHistory(around, scene));
  await witness.look({ deployment: undefined, ...history, ...seen.sight, service });
  const evidence = await witness.conclude(seen.state);
  return { ...evidence, unread: [...reading.unread(), ...evidence.unread] };
};

const readService = async (
  { aws }: Around,
  { cluster, service }: Scene,
  reading: Reading,
): Promise<Sight['service']> => {
  const answer = await reading.read('the service', () =>
    aws.ecs.describeServices({ cluster, services: [service] }),
  );
  return answer?.services?.[0];
};
