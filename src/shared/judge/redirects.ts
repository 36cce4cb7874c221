// Where a redirect leads, seen from the door that was knocked at: on at that door, to another host, or round in a circle.
import type { Hop } from '../diagnose/evidence.ts';

export type Door = {
  /** The host that the site is asked as: a load balancer's or CDN's own address may be another. */
  readonly host: string;
  /** Further hosts that the site may redirect to. */
  readonly redirectsTo: readonly string[];
};

export type Step =
  /** No redirect; or one that leaves this door for where its visitors belong, and cannot be followed through it. */
  | { readonly kind: 'end' }
  /** `host` goes into the header Host. `trusted`: what was sent to the site may be sent there too. */
  | {
      readonly kind: 'follow';
      readonly url: string;
      readonly host: string;
      readonly trusted: boolean;
      /** To be asked at a plain door as one that speaks https asks. */
      readonly asHttps?: true;
    }
  | { readonly kind: 'elsewhere'; readonly to: string }
  | { readonly kind: 'loop'; readonly to: string }
  /** A plain door leads to the same path by https, and does so again when told that https is spoken before it. */
  | { readonly kind: 'again'; readonly to: string }
  | { readonly kind: 'too-many'; readonly to: string };

export const mostRedirects = 5;

/** What follows the last of `hops`, whose first is the door. Pure. */
export const stepAfter = (hops: readonly Hop[], door: Door): Step => {
  const [first, last] = [hops[0], hops.at(-1)];
  const to = last && destinationOf(last);
  if (!first || !to) return { kind: 'end' };
  const next = enter(to, { at: new URL(first.url), from: new URL(last.url) }, door);
  if (next.kind !== 'follow') return next;
  const visits = hops.filter(({ url }) => isSame(url, next.url)).length;
  if (next.asHttps && visits > 1) return { kind: 'again', to: to.href };
  if (!next.asHttps && visits > 0) return { kind: 'loop', to: to.href };
  return hops.length > mostRedirects ? { kind: 'too-many', to: to.href } : next;
};

const redirects = new Set([301, 302, 303, 307, 308]);

const destinationOf = ({ url, answer }: Hop): URL | undefined =>
  answer.kind === 'answer' && redirects.has(answer.status) && answer.location !== undefined
    ? (URL.parse(answer.location, url) ?? undefined)
    : undefined;

type Way = { readonly at: URL; readonly from: URL };

const enter = (to: URL, { at, from }: Way, { host, redirectsTo }: Door): Step => {
  const own = host.toLowerCase().replace(/:\d+$/, '');
  const isWeb = to.protocol === 'https:' || to.protocol === 'http:';
  const isOwn = to.hostname === own || to.hostname === at.hostname;
  const isPair = to.hostname === `www.${own}` || `www.${to.hostname}` === own;
  if (!isWeb || !(isOwn || isPair || redirectsTo.includes(to.hostname)))
    return { kind: 'elsewhere', to: to.href };
  const trusted = (isOwn || isPair) && (to.protocol === 'https:' || at.protocol === 'http:');
  if (at.hostname === own) return { kind: 'follow', url: to.href, host: to.host, trusted };
  if (!isOwn) return { kind: 'end' };
  const path = `${to.pathname}${to.search}`;
  const follow = { kind: 'follow', url: `${at.origin}${path}`, host, trusted } as const;
  if (to.protocol === at.protocol) return follow;
  // A load balancer's plain listener cannot play the https that the site redirects to. The same path it can be asked for
  // again: a site that knows by the headers that https was spoken answers then, and one that does not goes in a circle.
  const isSamePath = to.protocol === 'https:' && path === `${from.pathname}${from.search}`;
  return isSamePath ? { ...follow, asHttps: true } : { kind: 'end' };
};

const isSame = (one: string, other: string): boolean => withoutHash(one) === withoutHash(other);

const withoutHash = (url: string): string => new URL(url).href.replace(/#.*$/, '');
