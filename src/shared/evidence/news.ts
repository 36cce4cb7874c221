// What a person who watches the log should know while waiting: each task that stopped, with its likely cause, and how the
// targets change. Pure.
import type { Evidence, StoppedTask, TargetSeen } from '../diagnose/evidence.ts';
import { findOf, findOfRunning } from '../diagnose/narrow.ts';
import type { Rule } from '../diagnose/rule.ts';
import { plainForeign } from '../redact.ts';
import type { News } from './witness.ts';

const mostTasks = 5;
const mostTargets = 10;

export const newsLines = (
  rules: readonly Rule<Evidence>[],
  evidence: Evidence,
  { stopped, targets, ailing }: News,
): readonly string[] => [
  ...stopped
    .slice(0, mostTasks)
    .toReversed()
    .flatMap((task) => taskLines(rules, evidence, task)),
  ...(stopped.length > mostTasks ? [`and ${stopped.length - mostTasks} more tasks stopped before`] : []),
  ...targets.slice(0, mostTargets).map(targetLine),
  ...ailing.flatMap((id) => ailingLines(rules, evidence, id)),
];

/** A guess while it still runs, and only where something is known to be wrong: it may yet become healthy. */
const ailingLines = (rules: readonly Rule<Evidence>[], evidence: Evidence, id: string): readonly string[] => {
  const task = evidence.running.find((running) => running.id === id);
  const findings = task ? findOfRunning(rules, evidence, task) : [];
  const likeliest = findings.find(({ level, sure }) => level === 'cause' && sure !== 'possible');
  return likeliest
    ? [`task ${id} runs, and its health checks fail; looks like: ${plainForeign(likeliest.cause)}`]
    : [];
};

const taskLines = (
  rules: readonly Rule<Evidence>[],
  evidence: Evidence,
  task: StoppedTask,
): readonly string[] => {
  const [likeliest] = findOf(rules, evidence, task).filter(({ level }) => level !== 'outcome');
  const unended = task.startedAt === undefined ? 'never started' : 'being stopped';
  const ends = task.containers
    .map(
      ({ name, exitCode, reason }) =>
        `${name}: ${exitCode === undefined ? unended : `exit code ${exitCode}`}${reason ? ` (${reason})` : ''}`,
    )
    .join(', ');
  const what = `task ${task.id} stopped | ${plainForeign(`${task.stopCode} ${task.reason} [${ends}]`)}`;
  return likeliest ? [what, `${certainty(likeliest.sure)} ${plainForeign(likeliest.cause)}`] : [what];
};

const certainty = (sure: 'certain' | 'likely' | 'possible'): string =>
  sure === 'certain' ? 'because:' : sure === 'likely' ? 'likely because:' : 'possibly because:';

const targetLine = ({ address, port, state, reason, description }: TargetSeen): string =>
  `target ${address}:${port} is ${state}${reason ? ` | ${plainForeign(`${reason} ${description}`)}` : ''}`;
