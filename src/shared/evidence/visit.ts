// A visit to the site as a browser without cookies makes it: the answer, then the redirects that may be followed.
import type { Answer, Hop, Visit } from '../diagnose/evidence.ts';
import { type Door, type Step, stepAfter } from '../judge/redirects.ts';
import { withoutEscapes } from '../redact.ts';
import { maskCredentials } from '../redact-patterns.ts';
import type { Http, HttpAnswer } from '../world.ts';
import { wordsOf } from './words-of.ts';

const timeoutMs = 10_000;
const longest = 500;
const longestLocation = 2_000;

export type Visiting = {
  readonly url: string;
  /** `Host` is the site's own; what else is in it is sent on to the site's own hosts only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly by: Visit['by'];
  readonly redirectsTo?: readonly string[];
};

/** At most six requests of ten seconds; never rejects. What the hops hold is clean, but not quoted. */
export const visit = async (http: Http, { url, headers, by, redirectsTo = [] }: Visiting): Promise<Visit> => {
  const door: Door = { host: headers.Host ?? new URL(url).host, redirectsTo };
  const hops: Hop[] = [];
  const told: Hop[] = [];
  let next: { readonly url: string; readonly headers: Visiting['headers'] } | undefined = { url, headers };
  while (next) {
    const answer = await http({ ...next, timeoutMs });
    hops.push({ url: next.url, answer: rawAnswer(answer) });
    told.push({ url: clean(next.url), answer: cleanAnswer(answer) });
    const step = stepAfter(hops, door);
    next = step.kind === 'follow' ? { url: step.url, headers: headersFor(step, headers) } : undefined;
  }
  return { by, hops: told };
};

/** What load balancers and CloudFront say of a visitor who came by https; a plain listener overwrites the first. */
const behindHttps = { 'X-Forwarded-Proto': 'https', 'CloudFront-Forwarded-Proto': 'https' } as const;

/** Basic Auth is for the site alone. */
const headersFor = (
  { host, trusted, asHttps }: Extract<Step, { readonly kind: 'follow' }>,
  headers: Visiting['headers'],
): Visiting['headers'] => {
  if (trusted) return { ...headers, Host: host, ...(asHttps && behindHttps) };
  const agent = headers['User-Agent'];
  return { Host: host, ...(agent && { 'User-Agent': agent }) };
};

const rawAnswer = (answer: HttpAnswer): Answer =>
  answer.kind === 'no-answer'
    ? answer
    : { kind: 'answer', status: answer.status, location: answer.location, headers: {}, excerpt: '' };

const kept = ['server', 'via', 'x-cache', 'www-authenticate', 'x-redirect-by', 'content-type'] as const;

const cleanAnswer = (answer: HttpAnswer): Answer => {
  if (answer.kind === 'no-answer') return { kind: 'no-answer', reason: clean(answer.reason) };
  const { status, location, headers, body } = answer;
  const isText = /^$|text|json|xml/i.test(headers['content-type'] ?? '');
  return {
    kind: 'answer',
    status,
    location: location === undefined ? undefined : clean(location.slice(0, longestLocation)),
    headers: Object.fromEntries(
      kept.flatMap((name) => {
        const value = headers[name];
        return value === undefined ? [] : [[name, clean(value.slice(0, longest))]];
      }),
    ),
    // Masked before it is cut: half a secret is known by nothing.
    excerpt: isText ? clean(wordsOf(body).slice(0, 8 * longest)).slice(0, longest) : '',
  };
};

const clean = (text: string): string => maskCredentials(withoutEscapes(text));
