// Ways of looking that the rules about a site share. Everything is silent about what is healthy, and about what is over:
// an error in a log counts only while no later request was answered well.
import { clip } from '../clip.ts';
import type { Answer, Evidence, Hop, TargetSeen, Visit } from '../evidence.ts';
import type { Facts, Proof, Sighting } from '../rule.ts';
import { spoken } from '../spoken.ts';

/** It has failed, or its time is up: only then may symptoms speak. */
export const isOver = ({ state }: Evidence): boolean => state === 'failed' || state === 'late';

type Sees = (evidence: Evidence) => Sighting | undefined;

export const onlyOver =
  (sees: Sees): Sees =>
  (evidence) =>
    isOver(evidence) ? sees(evidence) : undefined;

export type LineFound = {
  readonly match: RegExpExecArray;
  readonly at: number;
  readonly taskId: string;
  readonly proof: Proof;
};

/** The newest line that says it, in no visitor's words, unless a request was answered well after it. */
export const findLine = (evidence: Evidence, pattern: RegExp): LineFound | undefined => {
  const lines = evidence.logs
    .filter(({ taskId }) => !ranOutOfMemory(evidence, taskId))
    .flatMap(({ taskId, lines }) => lines.map((line) => ({ ...line, taskId, text: clip(line.text) })))
    .toSorted((a, b) => a.at - b.at);
  const last = lines.findLastIndex(({ text }) => pattern.test(text) && pattern.test(spoken(text)));
  const line = lines[last];
  const match = line && pattern.exec(spoken(line.text));
  if (!line || !match || lines.slice(last + 1).some(({ text }) => isServed(text))) return undefined;
  return { match, at: line.at, taskId: line.taskId, proof: { from: 'log', text: line.text } };
};

/** ECS says why that task ended: what it wrote before was not the reason. */
const ranOutOfMemory = ({ stopped }: Evidence, taskId: string): boolean =>
  stopped.some(
    ({ id, containers }) => id === taskId && containers.some(({ reason }) => /OutOfMemory/.test(reason)),
  );

/** Apache's access log: a page that PHP made. Pictures and style sheets are served without PHP, too. */
const isServed = (text: string): boolean => {
  const [, path = ''] = /"(?:GET|HEAD|POST) ([^ "]{1,1000}) HTTP\/[\d.]{1,3}" [23]\d\d /.exec(text) ?? [];
  const [file = ''] = path.split('?');
  return file.endsWith('/') || file.endsWith('.php');
};

/** A tenant's log says it; `factsOf` names what the texts need of it. */
export const inLog =
  (pattern: RegExp, factsOf: (match: RegExpExecArray) => Facts = () => ({})): Sees =>
  (evidence) => {
    if (evidence.kind !== 'tenant' || evidence.state === 'healthy') return undefined;
    const found = findLine(evidence, pattern);
    return found && { proof: [found.proof], facts: { task: found.taskId, ...factsOf(found.match) } };
  };

/** A job's error in the background of a site that answers ends no deployment: the site itself must answer with 5xx. */
export const whereSiteFails =
  (sees: Sees): Sees =>
  (evidence) =>
    siteFails(evidence) ? sees(evidence) : undefined;

const siteFails = (evidence: Evidence): boolean =>
  findRefusal(evidence)?.codes.some((code) => code.startsWith('5')) === true ||
  lastPages(evidence).some(({ answer }) => answer.status >= 500) ||
  evidence.stopped.some(({ reason }) => /health checks/i.test(reason));

export type Page = { readonly visit: Visit; readonly hop: Hop; readonly answer: Seen };
type Seen = Extract<Answer, { readonly kind: 'answer' }>;

/** How the newest visit of each kind ended, where it was answered. */
export const lastPages = (evidence: Evidence): readonly Page[] =>
  lastHops(evidence).flatMap(({ visit, hop }) =>
    hop.answer.kind === 'answer' ? [{ visit, hop, answer: hop.answer }] : [],
  );

export const lastHops = ({ visits }: Evidence): readonly { readonly visit: Visit; readonly hop: Hop }[] =>
  visits.flatMap((visit) => {
    const hop = visit.hops.at(-1);
    return hop ? [{ visit, hop }] : [];
  });

export const tellPage = ({ hop, answer }: Page): Proof => ({
  from: 'http',
  text: `${hop.url} answers ${answer.status}${answer.excerpt ? `: ${clip(answer.excerpt)}` : ''}`,
});

/** Once it is over: a page on which the site ended says so. */
export const onPage = (fits: (page: Seen, text: string) => boolean): Sees =>
  onlyOver((evidence) => {
    const page = lastPages(evidence).find(({ answer }) => fits(answer, clip(answer.excerpt)));
    return (
      page && {
        proof: [tellPage(page)],
        facts: { ...listenerOf(evidence), status: String(page.answer.status), url: page.hop.url },
      }
    );
  });

/** The listener's ARN, for commands; nothing where nobody looked. */
export const listenerOf = ({ listener }: Evidence): Facts => (listener ? { listener: listener.arn } : {});

/** What the load balancer's health checks got: codes of HTTP, nothing in time, or no connection. */
export type Refusal = {
  readonly kind: 'codes' | 'timeout' | 'failed';
  readonly codes: readonly string[];
  readonly port: string;
  readonly proof: Proof;
};

/** By what the targets were last, before they were drained; by ECS's events where nobody saw the targets so. */
export const findRefusal = (evidence: Evidence): Refusal | undefined => {
  if (evidence.state === 'healthy') return undefined;
  const ill = lastTargets(evidence).find(({ state }) => state === 'unhealthy');
  if (ill) {
    const kind = kindOf(ill.description, ill.reason);
    return { kind, codes: codesIn(ill.description), port: String(ill.port), proof: tellTarget(ill) };
  }
  if (lastTargets(evidence).some(({ state }) => state === 'healthy')) return undefined;
  const event = evidence.events.find(({ text }) => /is unhealthy in .{0,300}due to/.test(clip(text)));
  if (!event) return undefined;
  const text = clip(event.text);
  const port = /\(port (\d{1,5})\)/.exec(text)?.[1] ?? '';
  return { kind: kindOf(text, ''), codes: codesIn(text), port, proof: { from: 'event', text } };
};

const kindOf = (text: string, reason: string): Refusal['kind'] => {
  if (codesIn(text).length) return 'codes';
  return reason === 'Target.Timeout' || /timed out/i.test(text) ? 'timeout' : 'failed';
};

/** `Health checks failed with these codes: [500, 502]`. */
const codesIn = (text: string): readonly string[] =>
  /codes?: \[([\d, ]{1,100})\]/
    .exec(text)?.[1]
    ?.split(',')
    .map((code) => code.trim()) ?? [];

/** The newest state of each address; a target that is drained was something before. */
export const lastTargets = ({ targets }: Pick<Evidence, 'targets'>): readonly TargetSeen[] => {
  const staying = targets.filter(({ state }) => state !== 'draining');
  const isFirst = (target: TargetSeen, index: number): boolean =>
    staying.findIndex(({ address, port }) => address === target.address && port === target.port) === index;
  return staying.filter(isFirst);
};

export const tellTarget = ({ address, port, state, reason, description }: TargetSeen): Proof => ({
  from: 'target',
  text: `${address}:${port} is ${state} (${reason}${description ? `: ${description}` : ''})`,
});
