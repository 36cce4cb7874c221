// A container's output as log lines: what is no UTF-8 becomes U+FFFD, and lines are cut where Docker cuts them.
import type { Readable } from 'node:stream';

const longest = 16_384;

/** Calls `log` for each line of `stream`, also for an unfinished one at its end. */
export const logLines = (stream: Readable, log: (line: string) => void): void => {
  const decoder = new TextDecoder();
  let pending = '';
  const take = (text: string): void => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) logCut(line.replace(/\r$/, ''), log);
    // An endless line must not be kept until it ends.
    while (pending.length > longest) {
      log(pending.slice(0, longest));
      pending = pending.slice(longest);
    }
  };
  stream.on('data', (chunk: Buffer) => take(decoder.decode(chunk, { stream: true })));
  stream.on('end', () => {
    take(decoder.decode());
    if (pending !== '') log(pending);
  });
};

const logCut = (line: string, log: (line: string) => void): void => {
  for (let from = 0; from === 0 || from < line.length; from += longest) log(line.slice(from, from + longest));
};
