// The end of a container's log, bounded, and safe to print.
import { quoteForeign, withoutEscapes } from './redact.ts';
import { maskCredentials } from './redact-patterns.ts';
import { orAbsent } from './resources/surroundings.ts';
import type { Aws } from './world.ts';

export type LogPlace = { readonly group: string; readonly stream: string };

/** A pattern's time grows with what it looks through. */
const longestLine = 16_384;

/** A foreign line as it may be printed: quoted, short, and without what looks like a credential. */
export const printable = (line: string): string => {
  if (line.length <= longestLine) return quoteForeign(maskCredentials(withoutEscapes(line)));
  // Half a word could be half a secret.
  const start = withoutEscapes(line.slice(0, longestLine));
  return quoteForeign(`${maskCredentials(start.slice(0, start.lastIndexOf(' ') + 1))}… (cut)`);
};

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
  return (answer?.events ?? [])
    .flatMap(({ message = '' }) => message.split(/\r?\n/))
    .slice(-lines)
    .map(printable);
};
