// The end of a container's log, bounded, and safe to print.
import { quoteForeign } from './redact.ts';
import { orAbsent } from './resources/surroundings.ts';
import type { Aws } from './world.ts';

export type LogPlace = { readonly group: string; readonly stream: string };

/** The last lines of a stream, oldest first. A missing stream is no error: the container never wrote, or never started. */
export const readTail = async (
  { aws }: { readonly aws: Pick<Aws, 'logs'> },
  { group, stream }: LogPlace,
  lines = 50,
): Promise<readonly string[]> => {
  const answer = await orAbsent(
    aws.logs.getLogEvents({ logGroupName: group, logStreamName: stream, limit: lines, startFromHead: false }),
    'ResourceNotFoundException',
  );
  return (answer?.events ?? []).flatMap(({ message = '' }) => message.split(/\r?\n/)).map(quoteForeign);
};
