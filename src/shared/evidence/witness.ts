// Watches one deployment beside the wait loop: tells what is new, and keeps what AWS forgets.
// No call is made unless the service's own answer shows something new; targets are asked at most every 15 seconds.
import type { Evidence, StoppedTask, TargetSeen } from '../diagnose/evidence.ts';
import { notLookedAt, readDefinition, withFacts } from './facts.ts';
import { needsDefinition, unreadAiling, unreadAtEnd, unreadStopped } from './log-choice.ts';
import {
  evidenceOf,
  type Memory,
  mostStopped,
  newTargetStates,
  nothingSeen,
  withLeaving,
  withLogs,
  withSight,
  withTargets,
  withTasks,
  withVisit,
} from './memory.ts';
import { openPace, type Pace } from './pace.ts';
import { openReading, type Reading } from './reading.ts';
import type { Around, Scene, Sight } from './scene.ts';
import { isAlone, markOf } from './service.ts';
import { type LogSpot, readTaskLog } from './task-logs.ts';
import { isScaledIn, readTasks, type TasksSeen } from './tasks.ts';

/** What one look showed that was not known before, newest first. */
export type News = {
  readonly stopped: readonly StoppedTask[];
  readonly targets: readonly TargetSeen[];
  /** Ids of running tasks whose health checks fail, and whose logs were read now. */
  readonly ailing: readonly string[];
};

export type Witness = {
  /** After every look of a wait. What cannot be read is in the evidence's `unread`; throws only Cancelled. */
  readonly look: (sight: Sight) => Promise<{ readonly evidence: Evidence; readonly news: News }>;
  /** Looks once more at everything, and looks up how it was set up: at most 40 calls and about half a minute, and a visit. */
  readonly conclude: (state: Evidence['state']) => Promise<Evidence>;
};

const callsWhileWaiting = 400;
const callsAtEnd = 40;
const msAtEnd = 30_000;
const mostVisits = 3;
const factsHoldMs = 60_000;

export const openWitness = (around: Around, scene: Scene): Witness => {
  const { clock } = around;
  const waiting = openReading(clock, callsWhileWaiting);
  const post: Post = {
    around,
    scene,
    pace: openPace(clock.now()),
    openedAt: clock.now(),
    memory: nothingSeen,
    sight: { service: undefined, deployment: undefined },
    visits: 0,
    factsAt: Number.NEGATIVE_INFINITY,
    owesVisit: false,
  };
  return {
    look: async (sight) => {
      post.sight = sight;
      post.memory = withSight(post.memory, scene, { sight, now: clock.now() });
      const news = await lookFurther(post, waiting);
      return { evidence: tell(post, 'running', waiting.unread()), news };
    },
    conclude: async (state) => {
      const reading = openReading(clock, callsAtEnd);
      reading.limit(msAtEnd);
      await lookAtEverything(post, reading);
      if (state === 'late' && !post.sight.visit) await visit(post);
      return tell(post, state, [...reading.unread(), ...notLookedAt(scene)]);
    },
  };
};

/** Where a witness stands, and what it has seen: the one thing here that changes. */
type Post = {
  readonly around: Around;
  readonly scene: Scene;
  readonly pace: Pace;
  readonly openedAt: number;
  memory: Memory;
  sight: Sight;
  visits: number;
  /** When it was looked up last how it is set up. */
  factsAt: number;
  /** A target failed, and nobody has visited the site since. */
  owesVisit: boolean;
};

const tell = (
  { around, scene, memory, openedAt }: Post,
  state: Evidence['state'],
  unread: readonly string[],
): Evidence => evidenceOf(memory, scene, { state, now: around.clock.now(), watchedSince: openedAt, unread });

const lookFurther = async (post: Post, reading: Reading): Promise<News> => {
  const { around, scene, pace, sight } = post;
  const now = around.clock.now();
  const isDue = !sight.isReady && pace.areTasksDue(markOf(scene, sight), now);
  const stopped = isDue ? (await lookAtTasks(post, reading)).stopped.filter((task) => !isScaledIn(task)) : [];
  if (stopped.length) {
    // What went wrong often shows only beside how it was set up, and somebody may be mending that.
    if (now - post.factsAt >= factsHoldMs) {
      post.memory = await withFacts({ around, scene, reading }, post.memory, sight.service);
      post.factsAt = now;
    }
    await knowDefinition(post, reading);
    await readLogs(post, reading, unreadStopped(post.memory, scene));
  }
  const areTargetsDue = post.memory.running.length > 0 && (sight.targets || pace.areTargetsDue(now));
  const targets = areTargetsDue ? await lookAtTargets(post, reading) : [];
  const unhealthy = targets.filter(({ state }) => state === 'unhealthy').map(({ address }) => address);
  const ailing = unhealthy.length ? await lookAtAiling(post, reading, unhealthy) : [];
  // A site that hangs takes its time: what a stopped task proves is judged first.
  post.owesVisit ||= unhealthy.length > 0;
  if (post.owesVisit && !stopped.length) await visit(post);
  return { stopped, targets, ailing };
};

/** While the task still runs: what it answers is gone with it, and its log tells minutes before ECS ends it. */
const lookAtAiling = async (
  post: Post,
  reading: Reading,
  unhealthy: readonly string[],
): Promise<readonly string[]> => {
  await knowDefinition(post, reading);
  const spots = unreadAiling(post.memory, post.scene, unhealthy);
  await readLogs(post, reading, spots);
  return spots.map(({ taskId }) => taskId);
};

const knowDefinition = async (post: Post, reading: Reading): Promise<void> => {
  if (needsDefinition(post.memory, post.scene))
    post.memory = { ...post.memory, definition: await readDefinition(post.around, reading, post.memory) };
};

const lookAtEverything = async (post: Post, reading: Reading): Promise<void> => {
  const { around, scene, sight } = post;
  const { stopping } = await lookAtTasks(post, reading);
  post.memory = withLeaving(post.memory, stopping);
  if (post.memory.running.length) await lookAtTargets(post, reading);
  post.memory = await withFacts({ around, scene, reading }, post.memory, sight.service);
  await readLogs(post, reading, unreadAtEnd(post.memory, scene));
};

const nobody: Pick<TasksSeen, 'stopped' | 'stopping'> = { stopped: [], stopping: [] };

const lookAtTasks = async (post: Post, reading: Reading): Promise<typeof nobody> => {
  const { around, scene, pace } = post;
  const tasks = await readTasks(around, scene, { reading, known: post.memory.described });
  if (tasks) post.memory = withTasks(post.memory, tasks);
  const owed = tasks?.stopping.length ? 'ends' : !tasks || isBehind(post) ? 'lists' : 'nothing';
  pace.readTasks(around.clock.now(), owed);
  return tasks ?? nobody;
};

/** Its counters tell of tasks that its lists do not show yet. */
const isBehind = ({ memory: { stopped, running }, scene: { ours }, sight: { service } }: Post): boolean => {
  const mine = service?.deployments?.find(({ id }) => id === ours);
  return (
    Math.min(mine?.failedTasks ?? 0, mostStopped) > stopped.length ||
    (mine?.runningCount ?? 0) !== running.length
  );
};

const lookAtTargets = async (post: Post, reading: Reading): Promise<readonly TargetSeen[]> => {
  const { around, memory, sight } = post;
  const described = sight.targets ?? (await describeTargets(around, memory, reading));
  const fresh = newTargetStates(memory, described, around.clock.now());
  post.memory = withTargets(memory, fresh);
  return fresh;
};

const describeTargets = async ({ aws }: Around, { targetGroupArn }: Memory, reading: Reading) => {
  if (!targetGroupArn) return [];
  const answer = await reading.read("the targets' health", () =>
    aws.elb.describeTargetHealth({ TargetGroupArn: targetGroupArn }),
  );
  return answer?.TargetHealthDescriptions ?? [];
};

const readLogs = async (post: Post, reading: Reading, spots: readonly LogSpot[]): Promise<void> => {
  const logs = await Promise.all(spots.map((spot) => readTaskLog(post.around, reading, spot)));
  post.memory = withLogs(post.memory, logs);
};

const visit = async (post: Post): Promise<void> => {
  const { around, scene, sight, memory, visits } = post;
  post.owesVisit = false;
  if (!around.visit || visits >= mostVisits || !memory.running.length || !isAlone(scene, sight)) return;
  post.visits++;
  post.memory = withVisit(memory, await around.visit());
};
