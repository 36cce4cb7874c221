// The end of one task's log, without the load balancer's own requests, which would leave room for nothing else.
import type { Evidence, TaskLog } from '../diagnose/evidence.ts';
import { isNamed } from '../resources/surroundings.ts';
import { clean } from './clean.ts';
import type { Reading } from './reading.ts';
import type { Around } from './scene.ts';

const asked = 200;
const kept = 80;
const bytes = 32 * 1024;

/** How many of the load balancer's requests stay: enough to see what was answered. */
const probesKept = 3;

export type LogSpot = { readonly taskId: string; readonly group: string; readonly stream: string };

/** Takes one call. A stream that is not there is no error: the container never wrote, or never started. */
export const readTaskLog = async ({ aws }: Around, reading: Reading, spot: LogSpot): Promise<TaskLog> => {
  const { group, stream } = spot;
  const answer = await reading.read(`log ${group} ${stream}`, async () => {
    try {
      return await aws.logs.getLogEvents({
        logGroupName: group,
        logStreamName: stream,
        limit: asked,
        startFromHead: false,
      });
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return 'missing';
      throw error;
    }
  });
  if (answer === undefined) return { ...spot, kind: 'unread', lines: [] };
  if (answer === 'missing') return { ...spot, kind: 'missing', lines: [] };
  const lines = (answer.events ?? []).flatMap(({ message = '', timestamp = 0 }) =>
    message
      .split(/\r?\n/)
      .filter((text) => text.trim())
      .map((text) => ({ at: timestamp, text })),
  );
  return { ...spot, kind: 'read', lines: shorten(lines) };
};

type Lines = Evidence['logs'][number]['lines'];

const isProbe = (text: string): boolean => text.includes('ELB-HealthChecker');

/** The newest, within the limits. */
const shorten = (lines: Lines): Lines => {
  let probes = 0;
  let size = 0;
  return lines
    .toReversed()
    .filter(({ text }) => !isProbe(text) || ++probes <= probesKept)
    .slice(0, kept)
    .map(({ at, text }) => ({ at, text: clean(text) }))
    .filter(({ text }, index) => {
      size += text.length;
      return index === 0 || size <= bytes;
    })
    .toReversed();
};
