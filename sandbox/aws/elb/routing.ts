// A visitor's request through a listener: the first rule that fits, a target that may serve, and AWS's own error pages.
import type { ProbeAnswer, ProbeRequest } from '../containers/runtime.ts';
import { askWithin } from './probing.ts';
import {
  type Condition,
  type ElbState,
  type Listener,
  type Rule,
  type RuleAction,
  rulesInOrder,
} from './state.ts';
import type { Targets } from './targets.ts';

/** AWS's standard idle timeout of a load balancer. */
const idleMs = 60_000;

const statusTexts: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

const wildcard = (pattern: string, flags: string): RegExp => {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags);
};

const fits = ({ field, values }: Condition, { host, path }: ProbeRequest): boolean => {
  if (field === 'host-header') {
    const name = host.replace(/:\d+$/, '');
    return values.some((value) => wildcard(value, 'i').test(name));
  }
  const [plain = '/'] = path.split('?');
  return values.some((value) => wildcard(value, '').test(plain));
};

const ownAnswer = (status: number): ProbeAnswer => {
  const title = `${status} ${statusTexts[status]}`;
  return {
    kind: 'answer',
    status,
    headers: { server: 'awselb/2.0', 'content-type': 'text/html' },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
};

const chooseGroup = (action: RuleAction & { readonly kind: 'forward' }, turn: number): string | undefined => {
  const total = action.groups.reduce((sum, { weight }) => sum + weight, 0);
  let left = total === 0 ? 0 : turn % total;
  return action.groups.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })?.arn;
};

const forwarded = ({ protocol, port }: Listener, request: ProbeRequest): ProbeRequest => ({
  ...request,
  headers: {
    ...request.headers,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': protocol.toLowerCase(),
    'x-forwarded-port': String(port),
  },
});

const findRule = (
  state: ElbState,
  { listenerPort, ...request }: ProbeRequest & { readonly listenerPort: number },
): { readonly rule: Rule; readonly listener: Listener } | undefined => {
  const listeners = [...state.listeners.values()].filter(({ port }) => port === listenerPort);
  const tried = listeners.flatMap((listener) =>
    rulesInOrder(state.rules.values(), listener).map((rule) => ({ rule, listener })),
  );
  const own = tried.find(
    ({ rule }) =>
      rule.priority !== 'default' && rule.conditions.every((condition) => fits(condition, request)),
  );
  return own ?? tried.find(({ rule }) => rule.priority === 'default');
};

export type Visit = (request: ProbeRequest & { readonly listenerPort: number }) => Promise<ProbeAnswer>;

/** Never rejects. A target that hangs is a 504 after 60 s of the cloud's time: on a virtual clock somebody must let it pass. */
export const createVisit = (state: ElbState, targets: Pick<Targets, 'choices'>): Visit => {
  let turn = 0;
  return async (request) => {
    const found = findRule(state, request);
    if (!found) return { kind: 'no-answer', reason: 'refused' };
    const { action } = found.rule;
    if (action.kind === 'fixed-response')
      return {
        kind: 'answer',
        status: Number(action.status),
        headers: { server: 'awselb/2.0', 'content-type': action.contentType },
        body: action.body,
      };
    const group = chooseGroup(action, turn);
    const choices = group ? targets.choices(group) : [];
    const target = choices[turn++ % Math.max(choices.length, 1)];
    if (!target) return ownAnswer(503);
    const answer = await askWithin(state, { target, request: forwarded(found.listener, request) }, idleMs);
    if (answer.kind === 'answer') return answer;
    return ownAnswer(answer.reason === 'timeout' ? 504 : 502);
  };
};
