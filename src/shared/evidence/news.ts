// What a person who watches the log should know while waiting: each task that stopped, with its likely cause, and how the
// targets change. Pure.
import type { Evidence, StoppedTask, TargetSeen } from '../diagnose/evidence.ts';
import { findAll } from '../diagnose/find.ts';
import { narrowTo } from '../diagnose/narrow.ts';
import type { Rule } from '../diagnose/rule.ts';
import { plainForeign } from '../redact.ts';
import type { News } from './witness.ts';

const mostTasks = 5;
const mostTargets = 10;

export const newsLines = (
  rules: readonly Rule<Evidence>[],
  evidence: Evidence,
  { stopped, targets }: News,
): readonly string[] => [
  ...stopped
    .slice(0, mostTasks)
    .toReversed()
    .flatMap((task) => taskLines(rules, evidence, task)),
  ...(stopped.length > mostTasks ? [`and ${stopped.length - mostTasks} more tasks stopped before`] : []),
  ...targets.slice(0, mostTargets).map(targetLine),
];

const taskLines = (
  rules: readonly Rule<Evidence>[],
  evidence: Evidence,
  task: StoppedTask,
): readonly string[] => {
  const [likeliest] = findAll(rules, narrowTo(evidence, task)).filter(({ level }) => level !== 'outcome');
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
