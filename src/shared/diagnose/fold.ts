// What is seen over and over is told once, and of what belongs to everybody only our part. Pure.
import type { Evidence, ListenerSeen, TaskLog } from './evidence.ts';

type Line = TaskLog['lines'][number];

export type Repeated = Line & { readonly since: number; readonly times: number };

/** Lines that differ in nothing but what stands in brackets (times, process numbers), each where it was written last. */
export const foldLines = (lines: readonly Line[]): readonly Repeated[] => {
  const last = new Map<string, Repeated>();
  for (const line of lines) {
    const key = line.text.replaceAll(/\[[^\][]{0,80}\]/g, '[]');
    const known = last.get(key);
    last.delete(key);
    last.set(key, { ...line, since: known?.since ?? line.at, times: (known?.times ?? 0) + 1 });
  }
  return [...last.values()];
};

type ListenerRule = ListenerSeen['rules'][number];

/** Ours, and those that could take our requests, in their order; how many there are besides. */
export const rulesAround = ({
  listener,
  targetGroup,
  facts: { host = '' },
}: Evidence): { readonly rules: readonly ListenerRule[]; readonly others: number } => {
  const all = listener?.rules ?? [];
  const concerns = ({ hosts, targetGroups }: ListenerRule): boolean =>
    targetGroups.includes(targetGroup?.arn ?? '') ||
    hosts.length === 0 ||
    hosts.some((pattern) => pattern === host || /[*?]/.test(pattern));
  const rules = all.filter(concerns).slice(0, mostRules);
  return { rules, others: all.length - rules.length };
};

const mostRules = 30;
