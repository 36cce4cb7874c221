// Does the site answer as a visitor sees it?

import type { Visit } from '../diagnose/evidence.ts';
import type { Verdict } from '../wait.ts';
import { type Door, mostRedirects, stepAfter } from './redirects.ts';

/** `matcher` as in a target group: "200-399" or "200,302". */
export type Wanted = Door & { readonly matcher: string };

/**
 * A redirect in a circle, or to a host that is not the site's, mends itself for no visitor: failed at once. The first answer
 * must be in `matcher` as in a target group, and where its redirects end there must be no error.
 */
export const judgeVisit = (visit: Visit, wanted: Wanted): Verdict => {
  const { hops } = visit;
  const [first, last] = [hops[0], hops.at(-1)];
  if (!first || !last) return { kind: 'pending', why: 'not visited yet' };
  if (last.answer.kind === 'no-answer')
    return { kind: 'pending', why: `${last.url}: no answer (${last.answer.reason})` };
  const misled = judgeRedirects(visit, wanted);
  if (misled) return misled;
  const begun = first.answer.kind === 'answer' ? first.answer : last.answer;
  const isWanted = matches(wanted.matcher, begun.status);
  const isEnd = hops.length === 1 || last.answer.status < 400 || matches(wanted.matcher, last.answer.status);
  if (isWanted && isEnd) return { kind: 'ready', value: undefined };
  // Elsewhere nothing was sent that could have been refused.
  if (last.answer.status === 401 && new URL(last.url).origin === new URL(first.url).origin)
    return refusedLogin(last.url);
  return { kind: 'pending', why: `${chainOf(hops)}${isWanted ? '' : `, not ${wanted.matcher}`}` };
};

/** Undefined where nothing is doubtful about a visit that went well. */
export const doubtOf = ({ hops, by }: Visit, wanted: Wanted): string | undefined => {
  const step = stepAfter(hops, wanted);
  if (step.kind !== 'again' || by === 'load-balancer') return undefined;
  return `${hops[0]?.url} redirects to ${step.to}, ${askedAgain}. Either this address sends every plain request to https, and nothing of the site was seen: set probe to its https:// address. Or the site redirects in a circle: look at https://${wanted.host}/ with \`curl -sS -o /dev/null -L --max-redirs 5 -w "%{http_code} %{url_effective}" https://${wanted.host}/\`.`;
};

const askedAgain = 'and does so again when asked with X-Forwarded-Proto: https';

const turns = {
  loop: 'in a circle',
  'too-many': `more than ${mostRedirects} times`,
  again: `in a circle, ${askedAgain}`,
} as const;

const judgeRedirects = ({ hops, by }: Visit, wanted: Wanted): Verdict | undefined => {
  const step = stepAfter(hops, wanted);
  const { host } = wanted;
  // Whoever answers at a foreign door may be another than the site; behind the tenant's own listener there is no other.
  if (step.kind === 'again' && by !== 'load-balancer') return undefined;
  switch (step.kind) {
    case 'end':
    case 'follow':
      return undefined;
    case 'loop':
    case 'too-many':
    case 'again':
      return {
        kind: 'failed',
        what: `${hops[0]?.url} redirects ${turns[step.kind]}: ${chainOf(hops)}.`,
        fix: `WordPress redirects to the address it believes to have. In the manifest's WORDPRESS_CONFIG_EXTRA, WP_HOME and WP_SITEURL must be https://${host}, and $_SERVER['HTTPS'] = 'on' must stand before them: the load balancer is spoken to by HTTP. Then run provision-tenant.`,
      };
    case 'elsewhere':
      return {
        kind: 'failed',
        what: `${hops[0]?.url} redirects away from ${host}: ${chainOf(hops)}.`,
        fix: `Set WP_HOME and WP_SITEURL to https://${host} in the manifest's WORDPRESS_CONFIG_EXTRA and run provision-tenant; or, if that is meant, name the other host in healthCheck.redirectsTo of the manifest.`,
      };
  }
};

const chainOf = (hops: Visit['hops']): string =>
  hops
    .map(({ url, answer }) =>
      answer.kind === 'no-answer'
        ? `${url}: no answer (${answer.reason})`
        : `${url} answers ${answer.status}${answer.location === undefined ? '' : ` to ${answer.location}`}`,
    )
    .join(', ');

const refusedLogin = (url: string): Verdict => ({
  kind: 'failed',
  what: `${url} answers 401: the site asks for Basic Auth, and what was sent was not accepted.`,
  fix: 'Set basicAuthSecret in the environment manifest to a secret with {"username", "password"}, or correct its value.',
});

export const matches = (matcher: string, status: number): boolean =>
  matcher.split(',').some((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return status >= from && status <= to;
  });
