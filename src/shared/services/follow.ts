// Waiting for many deployments at once: one call for ten services, and a line in the log only where something changed.
// One that is in trouble is watched closely, and given up where it cannot succeed.
import type { Service, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import type { Evidence } from '../diagnose/evidence.ts';
import type { Advice } from '../judge/deployment.ts';
import { judgeForced, needsHistory } from '../judge/services.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { type Verdict, waitUntil } from '../wait.ts';
import { describeServices } from './find.ts';
import type { Forced } from './force.ts';
import { type Overseer, openOverseer } from './oversee.ts';

/** How one deployment stood when nothing was waited for any more. */
export type Followed = Forced & {
  readonly service: Service | undefined;
  /** Pending: time ran out. */
  readonly verdict: Verdict;
  /** Milliseconds since it was asked for. */
  readonly tookMs: number;
  /** What was seen of it, where it is not through. */
  readonly evidence?: Evidence | undefined;
};

/** Waits for every one of them, however the others end, until the deadline. Throws only what looking throws. */
export const followAll = async (
  around: ApplicationSurroundings,
  forced: readonly Forced[],
): Promise<readonly Followed[]> => {
  if (!forced.length) return [];
  const seen = new Map<string, Followed>();
  const overseers = new Map(forced.map((one) => [one.named.name, openOverseer(around, one)] as const));
  const isOver = ({ named }: Forced): boolean =>
    (seen.get(named.name)?.verdict.kind ?? 'pending') !== 'pending';
  const observe = async (): Promise<readonly Forced[]> => {
    const open = forced.filter((one) => !isOver(one));
    for (const look of await lookAt(around, open, overseers)) {
      tellChange(around, look, seen.get(look.named.name));
      seen.set(look.named.name, look);
    }
    return forced.filter((one) => !isOver(one));
  };
  const judge = (open: readonly Forced[]): Verdict => {
    // How each stood at the deadline is worth more than that it passed.
    if (!open.length || around.clock.now() >= around.deadline) return { kind: 'ready', value: undefined };
    const names = open.map(({ named }) => named.name).join(', ');
    return {
      kind: 'pending',
      why: `${forced.length - open.length} of ${forced.length} ended; waiting for ${names}`,
    };
  };
  const { deadline } = around;
  await waitUntil({ what: 'deployments', observe, judge, deadline, pause: [1_000, 5_000] }, around);
  const all = forced.flatMap(({ named }) => seen.get(named.name) ?? []);
  return Promise.all(
    all.map(async (one) => {
      const { verdict, named } = one;
      if (verdict.kind === 'ready') return one;
      const state = verdict.kind === 'failed' ? 'failed' : 'late';
      return { ...one, evidence: await overseers.get(named.name)?.conclude(state) };
    }),
  );
};

const lookAt = async (
  around: ApplicationSurroundings,
  open: readonly Forced[],
  overseers: ReadonlyMap<string, Overseer>,
): Promise<readonly Followed[]> => {
  const services = await describeServices(
    around,
    open.map(({ named }) => named),
  );
  return Promise.all(
    open.map(async (one) => {
      const service = services.get(one.named.name);
      const deployment = needsHistory(service, one.ours) ? await findDeployment(around, one) : undefined;
      const judged = judgeForced({ service, deployment }, one.ours, adviceFor(around, one));
      const sight = { service, deployment };
      const verdict = (await overseers.get(one.named.name)?.oversee(sight, judged)) ?? judged;
      return { ...one, service, verdict, tookMs: around.clock.now() - one.askedAt };
    }),
  );
};

/** A service revision's ARN ends with the digits of its deployment's id; the list is newest first. */
const findDeployment = async (
  { aws, application }: ApplicationSurroundings,
  { named, ours }: Forced,
): Promise<ServiceDeploymentBrief | undefined> => {
  const { serviceDeployments = [] } = await aws.ecs.listServiceDeployments({
    cluster: application.cluster,
    service: named.service,
    // The two clocks of ECS are not one.
    createdAt: { after: new Date(ours.createdAt - 60_000) },
  });
  const digits = ours.id.split('/').at(-1);
  return serviceDeployments.find(({ targetServiceRevisionArn }) =>
    targetServiceRevisionArn?.endsWith(`/${digits}`),
  );
};

const tellChange = ({ log }: ApplicationSurroundings, look: Followed, before: Followed | undefined): void => {
  const said = textOf(look);
  if (before && textOf(before) === said) return;
  log.info(`${look.named.name}: ${said}`);
};

export const textOf = ({ verdict, service }: Pick<Followed, 'verdict' | 'service'>): string => {
  switch (verdict.kind) {
    case 'ready':
      return service?.desiredCount ? 'through' : 'scaled to 0 tasks, so there is nothing to wait for';
    case 'pending':
      return verdict.why;
    case 'failed':
      return verdict.what;
  }
};

const adviceFor = ({ application }: ApplicationSurroundings, { named }: Forced): Advice => {
  const { cluster, environment } = application;
  const place = `--region ${environment.region} --cluster ${cluster}`;
  const read = `Read the stopped tasks and log lines of ${named.name} below for the cause, correct it, and run this again.`;
  return {
    deleted: `Create ${named.service} again, or take services.${named.name} out of the manifest.`,
    draining: `Create ${named.service} again once it is gone, or take services.${named.name} out of the manifest.`,
    scaledToZero: `aws ecs update-service ${place} --service ${named.service} --desired-count 1`,
    failed: read,
    rollbackFailed: `Put back a revision that worked, now: aws ecs update-service ${place} --service ${named.service} --task-definition <family:revision>.`,
    superseded: `Somebody deployed ${named.name} while this ran: look at who (aws ecs describe-services ${place} --services ${named.service}), and let releases of one application take turns (a concurrency group).`,
  };
};
