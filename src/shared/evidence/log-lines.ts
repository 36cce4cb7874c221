// Which lines of a log are worth keeping: what says that something is wrong, once each, before what is merely new. Pure.
import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { TaskLog } from '../diagnose/evidence.ts';
import { clean } from './clean.ts';

type Lines = TaskLog['lines'];
type Line = Lines[number];

const kept = 80;
const bytes = 32 * 1024;

/** How many of the load balancer's requests stay: enough to see what was answered. */
const probesKept = 3;
const errorsKept = 30;

/** A line without an end comes as events of 16 KiB or more, as the container runtime cuts it. */
const pieceLength = 16_000;
const longestFolded = 1_000;

export const isPiece = ({ message = '' }: OutputLogEvent): boolean =>
  message.length >= pieceLength && !message.includes('\n');

/** Oldest first, not yet clean; adjacent pieces of something long are one line. */
export const foldPieces = (events: readonly OutputLogEvent[]): Lines => {
  const lines: Line[] = [];
  let pieces: OutputLogEvent[] = [];
  const fold = (): void => {
    const [first] = pieces;
    if (first) lines.push({ at: first.timestamp ?? 0, text: folded(pieces) });
    pieces = [];
  };
  for (const event of events) {
    if (isPiece(event)) {
      pieces.push(event);
      continue;
    }
    fold();
    const { message = '', timestamp: at = 0 } = event;
    lines.push(...message.split(/\r?\n/).flatMap((text) => (text.trim() ? { at, text } : [])));
  }
  fold();
  return lines;
};

/** Cut at a space, since half a word could be half a secret. */
const folded = (pieces: readonly OutputLogEvent[]): string => {
  const [first = ''] = pieces.map(({ message = '' }) => message);
  if (pieces.length === 1) return first;
  const start = clean(first.slice(0, longestFolded));
  const length = pieces.reduce((sum, { message = '' }) => sum + message.length, 0);
  return `${start.slice(0, Math.max(start.lastIndexOf(' '), 0))} … (cut: ${length} characters without a line's end)`;
};

/** Clean, within the limits, in their order: the newest, the last request that was served, each error once, and then the rest. */
export const chooseLines = (lines: Lines): Lines => {
  let probes = 0;
  const newest = lines.toReversed().filter(({ text }) => !isProbe(text) || ++probes <= probesKept);
  const wanted = [
    ...newest.slice(0, 1),
    ...newest.filter(({ text }) => isServed(text)).slice(0, 1),
    ...distinct(newest.filter(({ text }) => isError(text))).slice(0, errorsKept),
    ...newest,
  ];
  const chosen = new Map<Line, Line>();
  let size = 0;
  for (const line of wanted) {
    if (chosen.has(line) || chosen.size >= kept) continue;
    const told = { at: line.at, text: clean(line.text) };
    size += told.text.length;
    if (chosen.size && size > bytes) break;
    chosen.set(line, told);
  }
  return lines.flatMap((line) => chosen.get(line) ?? []);
};

const isProbe = (text: string): boolean => text.includes('ELB-HealthChecker');

/** What was served since says that an error is over. */
const isServed = (text: string): boolean => /" [23]\d\d /.test(text.slice(0, 2_000));

export const isError = (text: string): boolean =>
  !/" [1-5]\d\d /.test(text.slice(0, 2_000)) &&
  /error|fatal|exception|denied|refused|fail|cannot|can't|unable|unknown|not found|no such|timed out|killed/i.test(
    text.slice(0, 2_000),
  );

/** Times and numbers make no difference. */
const distinct = (lines: Lines): Lines =>
  [
    ...new Map(
      lines.toReversed().map((line) => [line.text.slice(0, 500).replaceAll(/\d+/g, '0'), line]),
    ).values(),
  ].toReversed();
