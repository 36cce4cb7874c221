// Beside the wait for one deployment: nothing is asked while it goes well; once a task had to be started again, what AWS
// forgets is read while it is there, and a deployment that cannot succeed is given up.
import type { Service } from '@aws-sdk/client-ecs';
import type { Evidence } from '../diagnose/evidence.ts';
import { findHopeless, tellHopeless } from '../diagnose/hopeless.ts';
import { serviceRules } from '../diagnose/rules/service.ts';
import { newsLines } from '../evidence/news.ts';
import type { Sight } from '../evidence/scene.ts';
import { openWitness } from '../evidence/witness.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import type { Verdict } from '../wait.ts';
import type { Forced } from './force.ts';
import { sceneOf } from './scene.ts';

export type Overseer = {
  /** The verdict as it was judged, or that it cannot succeed. Throws only Cancelled. */
  readonly oversee: (sight: Sight, judged: Verdict) => Promise<Verdict>;
  /** What was seen, with everything that a diagnosis needs. */
  readonly conclude: (state: Evidence['state']) => Promise<Evidence>;
};

export const openOverseer = (around: ApplicationSurroundings, { named, ours }: Forced): Overseer => {
  const { application, log } = around;
  const witness = openWitness(around, sceneOf(application, named, ours.id));
  let last: Sight = { service: undefined, deployment: undefined };
  let isWatching = false;
  return {
    oversee: async (sight, judged) => {
      last = sight;
      if (judged.kind !== 'pending' || !isTroubled(sight.service, ours.id)) return judged;
      isWatching = true;
      const { evidence, news } = await witness.look(sight);
      for (const line of newsLines(serviceRules, evidence, news)) log.info(`${named.name}: ${line}`);
      return hopelessness(evidence) ?? judged;
    },
    conclude: async (state) => {
      if (!isWatching) await witness.look(last);
      return witness.conclude(state);
    },
  };
};

const hopelessness = (evidence: Evidence): Verdict | undefined => {
  const hopeless = findHopeless(serviceRules, evidence);
  return hopeless && { kind: 'failed', ...tellHopeless(hopeless, evidence) };
};

/** ECS counts no task as failed that ran before it ended; but it starts more of them than are wanted. */
const isTroubled = (service: Service | undefined, ours: string): boolean => {
  const mine = service?.deployments?.find(({ id }) => id === ours);
  if (!mine) return false;
  const since = mine.createdAt?.getTime() ?? 0;
  const started = (service?.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since)
    .reduce((sum, { message = '' }) => sum + Number(/has started (\d+) tasks/.exec(message)?.[1] ?? 0), 0);
  return (mine.failedTasks ?? 0) > 0 || started > (mine.desiredCount ?? 0);
};
