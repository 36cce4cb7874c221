// Concurrency groups of one repository, shared by its runs: one holder, and those that wait. By default one waits and a
// newcomer sends it away; with `queue: max` a hundred wait in the order of coming.
import type { Token } from './definitions.ts';
import { evaluate, evaluateBoolean, evaluateText, field, type Scope } from './expressions.ts';
import { isMapping } from './library.ts';

export type Wish = {
  readonly group: string;
  readonly queue: 'single' | 'max';
  readonly cancelInProgress: boolean;
};

export type Entry =
  | { readonly kind: 'entered'; readonly leave: () => void }
  | { readonly kind: 'cancelled'; readonly why: string };

export type Concurrency = {
  /** `cancel` is called where a newcomer cancels what already entered. */
  readonly enter: (wish: Wish, signal: AbortSignal, cancel: (why: string) => void) => Promise<Entry>;
};

const longest = 100;

type Member = { readonly cancel: (why: string) => void; readonly resolve: (entry: Entry) => void };
type Group = { holder: Member | undefined; waiting: Member[] };

export const createConcurrency = (): Concurrency => {
  const groups = new Map<string, Group>();
  return {
    enter: ({ group: name, queue, cancelInProgress }, signal, cancel) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve({ kind: 'cancelled', why: 'The run was canceled' });
        const group = groups.get(name.toLowerCase()) ?? { holder: undefined, waiting: [] };
        groups.set(name.toLowerCase(), group);
        const member = { cancel, resolve };
        if (!group.holder) return hold(group, member);
        const why = `Canceling since a higher priority waiting request for ${name} exists`;
        if (queue === 'single' || cancelInProgress) dismiss(group, why);
        if (cancelInProgress) group.holder.cancel(why);
        if (group.waiting.length >= longest)
          return resolve({ kind: 'cancelled', why: `Canceling since ${longest} requests wait for ${name}` });
        group.waiting.push(member);
        signal.addEventListener('abort', () => withdraw(group, member), { once: true });
      }),
  };
};

const hold = (group: Group, member: Member): void => {
  group.holder = member;
  const leave = (): void => {
    group.holder = undefined;
    const next = group.waiting.shift();
    if (next) hold(group, next);
  };
  member.resolve({ kind: 'entered', leave });
};

const dismiss = (group: Group, why: string): void => {
  for (const { resolve } of group.waiting.splice(0)) resolve({ kind: 'cancelled', why });
};

const withdraw = (group: Group, member: Member): void => {
  if (!group.waiting.includes(member)) return;
  group.waiting = group.waiting.filter((other) => other !== member);
  member.resolve({ kind: 'cancelled', why: 'The run was canceled' });
};

/** Undefined where the file asks for no group. Throws TemplateInvalid. */
export const readWish = (token: Token, scope: Scope): Wish | undefined => {
  if (token === undefined) return undefined;
  if (!isMapping(token)) {
    const group = evaluateText(token, scope);
    return group ? { group, queue: 'single', cancelInProgress: false } : undefined;
  }
  return {
    group: evaluateText(field(token, 'group'), scope),
    queue: evaluate(field(token, 'queue'), scope) === 'max' ? 'max' : 'single',
    cancelInProgress: evaluateBoolean(field(token, 'cancel-in-progress'), scope),
  };
};
