// From the listener to the target group: which rule takes the tenant's requests?
import type { Evidence, ListenerSeen } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { isOver, lastPages, onPage, tellPage } from './sight.ts';

const certain = { area: 'routing', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const link = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html';

type ListenerRule = ListenerSeen['rules'][number];

/** ELB's `*` takes any letters, dots too, and `?` one. */
const takes = (pattern: string, host: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(host);

const takesAll = ({ hosts, paths }: ListenerRule, host: string): boolean =>
  (hosts.length === 0 || hosts.some((pattern) => takes(pattern, host))) &&
  (paths.length === 0 || paths.some((path) => path === '/*' || path === '*' || path === '/'));

type Routed = {
  readonly own: ListenerRule | undefined;
  readonly earlier: ListenerRule | undefined;
  readonly host: string;
};

/** The rule that is ours, and the first one that takes the host before it. */
const route = ({ kind, state, listener, targetGroup, facts }: Evidence): Routed | undefined => {
  if (kind !== 'tenant' || state === 'healthy' || !listener || !targetGroup || !facts.host) return undefined;
  const { host } = facts;
  const inOrder = listener.rules.toSorted((a, b) => a.priority - b.priority);
  const own = inOrder.find(({ targetGroups }) => targetGroups.includes(targetGroup.arn));
  const earlier = inOrder.find(
    (rule) =>
      rule.targetGroups.every((arn) => arn !== targetGroup.arn) &&
      takesAll(rule, host) &&
      (own === undefined || rule.priority < own.priority),
  );
  return { own, earlier, host };
};

const tellRule = ({ priority, hosts, paths }: ListenerRule): string =>
  `rule ${priority}: ${[...hosts, ...paths].join(', ') || 'every request'}`;

/** Priorities go from 1 to 50,000; ELB has no two alike. */
const freeBelow = (listener: ListenerSeen, priority: number): string => {
  const taken = new Set(listener.rules.map((rule) => rule.priority));
  for (let free = priority - 1; free > 0; free--) if (!taken.has(free)) return String(free);
  return '<a free one below it>';
};

export const listenerRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'listener-rule-shadowed',
    symptoms: ['*.…: a wildcard rule before the host rule', 'rule …: *.', 'PriorityInUse'],
    sees: (evidence) => {
      const routed = route(evidence);
      const { listener } = evidence;
      if (!routed?.own || !routed.earlier || !listener) return undefined;
      const { own, earlier } = routed;
      return {
        proof: [earlier, own].map((rule) => ({ from: 'listener', text: tellRule(rule) }) as const),
        facts: {
          shadow: [...earlier.hosts, ...earlier.paths].join(', ') || 'every request',
          shadowPriority: String(earlier.priority),
          ownPriority: String(own.priority),
          free: freeBelow(listener, earlier.priority),
          listener: listener.arn,
        },
      };
    },
    cause:
      "Requests for {host} never reach the tenant: the listener rule of priority {shadowPriority} ({shadow}) takes them before the tenant's own, which has {ownPriority}. The lowest number is asked first.",
    fix: [
      'Put the tenant before it: in {manifest} `priority: {free}`, then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: routing`.',
      'Or move the rule with the wildcard behind all tenants: `aws elbv2 set-rule-priorities --region {region} --rule-priorities RuleArn=$(aws elbv2 describe-rules --region {region} --listener-arn {listener} --query "Rules[?Priority==\'{shadowPriority}\'].RuleArn" --output text),Priority=49000`.',
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints what the tenant answers.',
    link,
  },
  {
    ...certain,
    id: 'listener-rule-other-host',
    symptoms: ['404 of awselb/2.0', 'answers 404'],
    sees: (evidence) => {
      const routed = route(evidence);
      if (!routed?.own || !isOver(evidence) || takesAll(routed.own, routed.host)) return undefined;
      return {
        proof: [{ from: 'listener', text: tellRule(routed.own) }],
        facts: { said: [...routed.own.hosts, ...routed.own.paths].join(', ') },
      };
    },
    cause: 'The listener rule that forwards to the tenant is for {said}, not for {host}.',
    fix: [
      'Let it be written anew: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: routing`.',
      'If {said} is right, correct `host:` in {manifest}.',
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints what the tenant answers.',
    link,
  },
  {
    ...certain,
    id: 'listener-rule-missing',
    symptoms: ['404 of awselb/2.0', 'rules, none forwards to'],
    sees: (evidence) => {
      const routed = route(evidence);
      if (!routed || routed.own || !isOver(evidence)) return undefined;
      const page = lastPages(evidence).find(({ answer }) => /awselb/.test(answer.headers.server ?? ''));
      const text = `${evidence.listener?.rules.length ?? 0} rules, none forwards to ${evidence.targetGroup?.name}`;
      return { proof: [{ from: 'listener', text }, ...(page ? [tellPage(page)] : [])] };
    },
    cause:
      'The listener has no rule for {host} that forwards to target group {targetGroup}: its default action answers instead.',
    fix: [
      'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: routing`.',
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints what the tenant answers.',
    link,
  },
  {
    ...certain,
    level: 'symptom',
    lasts: 'unknown',
    id: 'load-balancer-answers',
    symptoms: [
      '502 Bad Gateway',
      '503 Service Temporarily Unavailable',
      '504 Gateway Time-out',
      'awselb/2.0',
    ],
    sees: onPage(
      ({ status, headers }) => [502, 503, 504].includes(status) && /awselb/.test(headers.server ?? ''),
    ),
    cause:
      'The load balancer itself answers {status} for {url}: 503 where its rule has no target, 502 where the container closed the connection or spoke no HTTP, 504 where it did not answer in time.',
    fix: [
      'See what state the targets are in: `aws elbv2 describe-target-health --region {region} --target-group-arn "$(aws elbv2 describe-target-groups --region {region} --names {targetGroup} --query "TargetGroups[0].TargetGroupArn" --output text)"`.',
      'If they are healthy, another rule than the tenant\'s answers: `aws elbv2 describe-rules --region {region} --listener-arn {listener} --query "sort_by(Rules,&Priority)[].[Priority,Conditions[0].Values[0],Actions[0].TargetGroupArn]" --output table`.',
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints 200 or 302.',
    link: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
  },
];
