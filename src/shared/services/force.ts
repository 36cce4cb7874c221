// Forcing new deployments. ECS keeps no token for UpdateService, so a lost answer is looked into before it is repeated.
import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { Cancelled, Failed, UnknownOutcome } from '../errors.ts';
import type { ApplicationService } from '../fleet/application.ts';
import { primaryOf } from '../judge/deployment.ts';
import type { Ours } from '../judge/services.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import { isTransient, seek } from '../wait.ts';
import { describeServices } from './find.ts';
import { mapGently } from './pool.ts';

export type Candidate = { readonly named: ApplicationService; readonly found: Service };

export type Forced = {
  readonly named: ApplicationService;
  readonly ours: Ours;
  /** When it was asked for, in milliseconds since the epoch. */
  readonly askedAt: number;
};

type Refusal = {
  readonly why: string;
  /** Passing: AWS was busy or did not answer, to the end. */
  readonly cause: 'denied' | 'passing' | 'other';
};

export type Attempt =
  | ({ readonly kind: 'forced' } & Forced)
  | ({ readonly kind: 'refused'; readonly named: ApplicationService } & Refusal);

/** Changing services has a bucket of 50 calls, filled up by 5 a second, for everybody in the account and region. */
const mostAtOnce = 5;

/** One that AWS refuses does not keep the others from being deployed. Throws Cancelled only. */
export const forceAll = (
  around: ApplicationSurroundings,
  candidates: readonly Candidate[],
): Promise<readonly Attempt[]> =>
  mapGently(candidates, mostAtOnce, async (candidate): Promise<Attempt> => {
    const { named } = candidate;
    const askedAt = around.clock.now();
    try {
      const { id = '', createdAt } = await force(around, candidate);
      around.log.info(`${named.name}: deployment ${id} started`);
      return { kind: 'forced', named, askedAt, ours: { id, createdAt: createdAt?.getTime() ?? askedAt } };
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      const refusal = explain(error);
      around.log.warning(`${named.name}: no deployment was started: ${refusal.why}`);
      return { kind: 'refused', named, ...refusal };
    }
  });

const explain = (error: unknown): Refusal => {
  if (error instanceof Failed) return { why: error.what, cause: 'other' };
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (isTransient(error)) return { why, cause: 'passing' };
  return { why, cause: isNamed(error, 'AccessDenied', 'AccessDeniedException') ? 'denied' : 'other' };
};

const force = async (around: ApplicationSurroundings, { named, found }: Candidate): Promise<Deployment> => {
  const { aws, application, clock, log } = around;
  const before = primaryOf(found)?.id;
  for (let attempt = 1; ; attempt++) {
    try {
      const call = { cluster: application.cluster, service: named.service, forceNewDeployment: true };
      const primary = primaryOf((await aws.ecs.updateService(call)).service);
      if (primary) return primary;
      throw new Failed(
        `ECS took the new deployment of ${named.service}, and does not say which one it is.`,
        'Look at the service in the ECS console.',
      );
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || attempt >= 4) throw error;
      log.info(`${named.name}: ${error.message} Looking whether it did`);
      const seen = await seek(async () => {
        const primary = primaryOf((await describeServices(around, [named])).get(named.name));
        return primary?.id === before ? undefined : primary;
      }, clock);
      if (seen) return seen;
    }
  }
};
