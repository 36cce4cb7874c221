// The end of one task's log: without the load balancer's own requests, and behind lines so long that they would be all of it.
import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { TaskLog } from '../diagnose/evidence.ts';
import { isNamed } from '../resources/surroundings.ts';
import { chooseLines, foldPieces, isPiece } from './log-lines.ts';
import type { Reading } from './reading.ts';
import type { Around } from './scene.ts';

const asked = 200;

/** One answer holds a megabyte, which can be four pieces of a single line. */
const askedBehind = 1_000;
const pagesBehind = 3;
const linesWanted = 20;

export type LogSpot = { readonly taskId: string; readonly group: string; readonly stream: string };

/**
 * Takes one call, and up to three where a line is longer than an answer. A stream that is not there is no error: the
 * container never wrote, or never started.
 */
export const readTaskLog = async (around: Around, reading: Reading, spot: LogSpot): Promise<TaskLog> => {
  const answer = await readPage(around, reading, { spot, limit: asked });
  if (answer === undefined) return { ...spot, kind: 'unread', lines: [] };
  if (answer === 'missing') return { ...spot, kind: 'missing', lines: [] };
  let events = answer.events;
  let before = answer.before;
  for (let page = 0; page < pagesBehind && isFull(events); page++) {
    const behind = await readPage(around, reading, { spot, limit: askedBehind, nextToken: before });
    if (behind === undefined || behind === 'missing' || !behind.events.length) break;
    events = [...behind.events, ...events];
    before = behind.before;
  }
  return { ...spot, kind: 'read', lines: chooseLines(foldPieces(events)) };
};

/** Of what little can be told apart, more is pieces of something long. */
const isFull = (events: readonly OutputLogEvent[]): boolean =>
  events.some(isPiece) && foldPieces(events).length < linesWanted;

type Page = { readonly events: readonly OutputLogEvent[]; readonly before: string | undefined };
type Asked = { readonly spot: LogSpot; readonly limit: number; readonly nextToken?: string | undefined };

const readPage = (
  { aws }: Around,
  reading: Reading,
  { spot: { group, stream }, limit, nextToken }: Asked,
): Promise<Page | 'missing' | undefined> =>
  reading.read(`log ${group} ${stream}`, async () => {
    try {
      const { events = [], nextBackwardToken } = await aws.logs.getLogEvents({
        logGroupName: group,
        logStreamName: stream,
        limit,
        startFromHead: false,
        ...(nextToken && { nextToken }),
      });
      return { events, before: nextBackwardToken };
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return 'missing';
      throw error;
    }
  });
