// What happened between two looks at an execution, for the log: each thing once, a stage's actions together at its end. Pure.
import type { Application } from '../fleet/application.ts';
import { printable } from '../logs.ts';
import { duration } from '../rollout/words.ts';
import { pipelineUrl } from './links.ts';
import type { StageRecord } from './record.ts';
import { stagesOf } from './stages.ts';
import type { ActionRun, Approval, Blocked, Progress } from './types.ts';

export type Entry =
  | { readonly kind: 'line'; readonly text: string }
  /** A stage that ended, folded in GitHub's log. */
  | { readonly kind: 'group'; readonly title: string; readonly lines: readonly string[] };

export type Scene = {
  readonly application: Pick<Application, 'environment'>;
  /** CodePipeline's name. */
  readonly pipeline: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** `before` is undefined at the first look, which tells everything. */
export const entriesBetween = (
  before: Progress | undefined,
  after: Progress,
  scene: Scene,
): readonly Entry[] => {
  const status = statusLines(before, after).map(line);
  const stages = stagesOf(after.actions).flatMap(({ stage }) => stageEntries(stage, before, after));
  const standstill = standstillLines(before, after, scene).map(line);
  return before?.execution ? [...stages, ...standstill, ...status] : [...status, ...stages, ...standstill];
};

const line = (text: string): Entry => ({ kind: 'line', text });

/** Somebody else's text within a line of ours. */
export const foreign = (text: string): string => printable(text).slice(2);

const statusLines = (before: Progress | undefined, { execution }: Progress): readonly string[] => {
  if (!execution) return before ? [] : ['AWS does not show the execution yet'];
  const { id, status, mode, type, statusSummary } = execution;
  if (before?.execution?.status === status) return [];
  const kind = `${type === 'ROLLBACK' ? ', a rollback' : ''}, mode ${mode}`;
  const why = statusSummary ? `: ${foreign(statusSummary)}` : '';
  return [`execution ${id} ${status}${before?.execution ? '' : kind}${why}`];
};

const stageEntries = (stage: string, before: Progress | undefined, after: Progress): readonly Entry[] => {
  const told = new Set(before ? ended(before).map(keyOf) : []);
  const left = ended(after).filter((each) => each.stage === stage && !told.has(keyOf(each)));
  const known = new Map(before?.actions.map((run) => [run.id, run]));
  const runs = after.actions.filter((run) => run.stage === stage);
  const lines = runs.flatMap((run, at) => {
    // Told in the group, or with since when it waits.
    const isTold = left.length > 0 ? run.status === 'Succeeded' : isWaiting(run, after.approval);
    return isTold ? [] : runLine(run, known.get(run.id), attemptOf(runs.slice(0, at + 1), run));
  });
  return [...lines.map(line), ...left.map((each) => stageGroup(each, runs))];
};

const isWaiting = (run: ActionRun, approval: Approval | undefined): boolean =>
  approval !== undefined && run.status === 'InProgress' && nameOf(run) === nameOf(approval);

const attemptOf = (runs: readonly ActionRun[], { action }: ActionRun): number =>
  runs.filter((run) => run.action === action).length;

const runLine = (run: ActionRun, old: ActionRun | undefined, attempt: number): readonly string[] => {
  const isNewUrl = run.externalUrl !== old?.externalUrl;
  if (old?.status === run.status && !isNewUrl) return [];
  const name = `${nameOf(run)}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
  const state = old?.status === run.status ? '' : ` ${stateOf(run)}`;
  const link = run.externalUrl && (isNewUrl || run.status === 'Failed') ? ` ${foreign(run.externalUrl)}` : '';
  return [`${name}${state}${link}`];
};

const nameOf = ({ stage, action }: Pick<ActionRun, 'stage' | 'action'>): string => `${stage}/${action}`;

const stateOf = (run: ActionRun): string => {
  if (run.status === 'InProgress')
    return run.category === 'Approval' ? 'waits for an answer' : `started (${run.provider})`;
  const error = run.error ? `: ${foreign(`${run.error.code}: ${run.error.message}`)}` : '';
  const by = run.category === 'Approval' && run.updatedBy ? ` by ${foreign(run.updatedBy)}` : '';
  return `${run.status} after ${duration(run.updatedAt - run.startedAt)}${by}${error}`;
};

const keyOf = ({ stage, status, endedAt }: StageRecord): string => `${stage} ${status} ${endedAt}`;

/** Stages that the execution has left; the last one only when nothing runs any more. */
const ended = ({ execution, actions }: Progress): readonly StageRecord[] => {
  const stages = stagesOf(actions);
  const isOver = execution?.status !== 'InProgress' && execution?.status !== 'Stopping';
  return stages.filter(({ status }, at) => status !== 'InProgress' && (isOver || at < stages.length - 1));
};

const stageGroup = (
  { stage, status, startedAt, endedAt }: StageRecord,
  runs: readonly ActionRun[],
): Entry => ({
  kind: 'group',
  title: `${stage} ${status} after ${duration(endedAt - startedAt)}`,
  lines: runs.map(
    (run) =>
      `${run.action} (${run.provider}) ${stateOf(run)}${run.externalUrl ? ` ${foreign(run.externalUrl)}` : ''}`,
  ),
});

const standstillLines = (before: Progress | undefined, after: Progress, scene: Scene): readonly string[] => {
  const was = before && whereItStands(before, scene);
  const is = whereItStands(after, scene);
  const held = after.blocked ?? after.approval;
  if (held && is !== was) return [`${is} ${pipelineUrl(scene.application, scene.pipeline)}`];
  return before?.blocked && !after.blocked ? [`${before.blocked.stage}: no longer held back`] : [];
};

/** Where the execution is at this moment: "Build/Build has run for 5m 2s", "queued before Build behind …". */
export const whereItStands = (
  { actions, blocked, approval }: Progress,
  { now }: Pick<Scene, 'now'>,
): string => {
  if (blocked) return blockedWords(blocked);
  if (approval) return approvalWords(approval, actions);
  const running = actions.filter(({ status }) => status === 'InProgress');
  if (running.length)
    return running.map((run) => `${nameOf(run)} has run for ${duration(now - run.startedAt)}`).join(', ');
  const last = actions.at(-1);
  return last ? `${nameOf(last)} ${last.status}, the next action has not begun` : 'no action has begun';
};

const blockedWords = (blocked: Blocked): string => {
  switch (blocked.kind) {
    case 'queued':
      return `queued before ${blocked.stage}: execution ${blocked.behind} is still in it`;
    case 'transition-disabled':
      return `held before ${blocked.stage}: ${foreign(blocked.by)} disabled the transition (${foreign(blocked.reason)}); it goes on when the transition is enabled`;
    case 'condition':
      return `held before ${blocked.stage} by the stage's entry condition (${foreign(blocked.summary)})`;
  }
};

const approvalWords = (approval: Approval, actions: readonly ActionRun[]): string => {
  const run = actions.findLast((each) => nameOf(each) === nameOf(approval));
  const since = run
    ? ` since ${new Date(run.startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : '';
  const note = approval.customData ? ` (${foreign(approval.customData)})` : '';
  return `approval ${nameOf(approval)} waits for an answer${since}${note}`;
};
