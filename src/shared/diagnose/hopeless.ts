// Is there any sense in waiting on? Two tasks that stopped for the same permanent reason will be followed by a third.
import type { Evidence } from './evidence.ts';
import { findAll } from './find.ts';
import { narrowTo } from './narrow.ts';
import type { Finding, Rule } from './rule.ts';

export type Hopeless = { readonly finding: Finding; readonly tasks: readonly string[] };

/** What IAM was told moments ago holds everywhere after about a minute. */
const settlingMs = 90_000;

/**
 * The reason that at least two stopped tasks of this deployment share, where it is a cause that lasts; undefined while
 * waiting may still help. A slow start stops no task, so it is never called hopeless.
 */
export const findHopeless = (rules: readonly Rule<Evidence>[], evidence: Evidence): Hopeless | undefined => {
  const tasksById = new Map<string, { readonly finding: Finding; readonly tasks: string[] }>();
  for (const task of evidence.stopped) {
    const lasting = findAll(rules, narrowTo(evidence, task)).filter((finding) =>
      isLasting(finding, evidence),
    );
    for (const finding of lasting) {
      const known = tasksById.get(finding.id) ?? { finding, tasks: [] };
      known.tasks.push(task.id);
      tasksById.set(finding.id, known);
    }
  }
  return [...tasksById.values()].find(({ tasks }) => tasks.length >= 2);
};

const isLasting = ({ level, lasts, sure }: Finding, { deployment, now }: Evidence): boolean => {
  if (level !== 'cause' || sure === 'possible') return false;
  return (
    lasts === 'permanent' || (lasts === 'settling' && now - (deployment?.createdAt ?? now) >= settlingMs)
  );
};
