// The part of the evidence that belongs to one task, and what it alone proves.
import type { Evidence, StoppedTask } from './evidence.ts';
import { findAll } from './find.ts';
import type { Finding, Rule, Source } from './rule.ts';

type RunningTask = Evidence['running'][number];

/** What a task does, says or answers: what is true of the whole deployment ends no single task. */
const own: readonly Source[] = ['task', 'log', 'target'];

/** Why this one task stopped, as far as its own end, its log or its target's health shows it. */
export const findOf = (
  rules: readonly Rule<Evidence>[],
  evidence: Evidence,
  task: StoppedTask,
): readonly Finding[] =>
  findAll(rules, narrowTo(evidence, task)).filter(({ proof }) =>
    proof.some(({ from }) => own.includes(from)),
  );

/** Only what that task did and said; what is true of the whole deployment (events, visits, routing, its end) is left out. */
const narrowTo = (evidence: Evidence, task: StoppedTask): Evidence => ({
  ...evidence,
  state: 'failed',
  deployment: evidence.deployment && { ...evidence.deployment, reason: undefined },
  stopped: [task],
  running: [],
  events: [],
  visits: [],
  listener: undefined,
  targets: evidence.targets.filter(({ address }) => address === task.address),
  logs: evidence.logs.filter(({ taskId }) => taskId === task.id),
});

/** What is wrong with a task that runs, though its health checks fail: they come by no listener rule. */
export const findOfRunning = (
  rules: readonly Rule<Evidence>[],
  evidence: Evidence,
  task: RunningTask,
): readonly Finding[] =>
  findAll(rules, narrowToRunning(evidence, task)).filter(({ proof }) =>
    proof.some(({ from }) => from === 'http' || own.includes(from)),
  );

/** What it did and said so far; visits were made while it answered. */
const narrowToRunning = (evidence: Evidence, task: RunningTask): Evidence => ({
  ...evidence,
  state: 'failed',
  stopped: [],
  running: [task],
  events: [],
  listener: undefined,
  targets: evidence.targets.filter(({ address }) => address === task.address),
  logs: evidence.logs.filter(({ taskId }) => taskId === task.id),
});
