// A container's log while it is written: each line once, in order, masked and harmless, and none lost at the end.
import { Cancelled } from '../errors.ts';
import { type LogPlace, printable } from '../logs.ts';
import { messageOf } from '../report.ts';
import { isNamed } from '../resources/surroundings.ts';
import { isTransient } from '../wait.ts';
import type { Aws, Clock, Log } from '../world.ts';

export type Stream = {
  /** Prints what is new. Never throws for what CloudWatch answers: a log must not end what it tells of. */
  readonly read: () => Promise<void>;
  /** Reads on until nothing more comes: lines arrive seconds after they were written. */
  readonly drain: () => Promise<void>;
  /** The last lines, as printed. */
  readonly tail: () => readonly string[];
};

export type Streaming = {
  readonly around: { readonly aws: Pick<Aws, 'logs'>; readonly clock: Clock; readonly log: Log };
  readonly place: LogPlace;
  /** Sees every line, printed or left out. */
  readonly onLine: (line: string) => void;
  /** The command with which a person reads it all. */
  readonly elsewhere: string;
};

/** GitHub's own log view chokes on much more; the rest stays in CloudWatch. */
const mostLines = 5_000;
const kept = 200;
const shownAtEnd = 50;
/** A page holds 1 MB at most. */
const pagesPerLook = 10;

export const openStream = ({ around, place, onLine, elsewhere }: Streaming): Stream => {
  const { log, clock } = around;
  const printer = createPrinter(log, elsewhere);
  const next = pagesOf(around.aws, place);
  let broken = false;

  const page = async (): Promise<readonly string[] | undefined> => {
    try {
      return await next();
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      if (isTransient(error)) return undefined;
      broken = true;
      log.warning(
        `The log cannot be read here: ${messageOf(error, 'application')}\nRead it with: ${elsewhere}`,
      );
      return undefined;
    }
  };

  const read = async (): Promise<void> => {
    for (let pages = 0; pages < pagesPerLook && !broken; pages++) {
      const lines = await page();
      if (lines === undefined) return;
      for (const line of lines) {
        onLine(line);
        printer.take(line);
      }
    }
  };

  const drain = async (): Promise<void> => {
    await drainWith(read, printer.total, clock);
    printer.close();
  };

  return { read, drain, tail: printer.tail };
};

/** Prints the first lines at once, and at its end the last ones with how many are left out between. */
const createPrinter = (log: Log, elsewhere: string) => {
  const last: string[] = [];
  let total = 0;
  const take = (line: string): void => {
    total++;
    last.push(line);
    if (last.length > kept) last.shift();
    if (total <= mostLines) log.info(line);
    if (total === mostLines + 1)
      log.info(`More than ${mostLines} lines: what follows is left out here, except its end.`);
  };
  const close = (): void => {
    if (total <= mostLines) return;
    const end = last.slice(-Math.min(shownAtEnd, total - mostLines));
    log.info(`${total - mostLines - end.length} lines are left out here. All of them: ${elsewhere}`);
    for (const line of end) log.info(line);
  };
  return { take, close, total: () => total, tail: (): readonly string[] => last };
};

/** Looks until four in a row bring nothing, half a minute at most. */
const drainWith = async (read: () => Promise<void>, seen: () => number, clock: Clock): Promise<void> => {
  let quiet = 0;
  for (let looks = 1; ; looks++) {
    const before = seen();
    await read();
    quiet = seen() > before ? 0 : quiet + 1;
    if (quiet >= 4 || looks >= 16) return;
    await clock.sleep(2_000);
  }
};

/** Pages of a stream from its head on; undefined where there is none yet. The token that comes back says "the end". */
const pagesOf = ({ logs }: Pick<Aws, 'logs'>, { group, stream }: LogPlace) => {
  let token: string | undefined;
  return async (): Promise<readonly string[] | undefined> => {
    try {
      const { events = [], nextForwardToken } = await logs.getLogEvents({
        logGroupName: group,
        logStreamName: stream,
        startFromHead: true,
        ...(token === undefined ? {} : { nextToken: token }),
      });
      const isEnd = events.length === 0 && nextForwardToken === token;
      token = nextForwardToken ?? token;
      if (isEnd) return undefined;
      return events.flatMap(({ message = '' }) => message.split(/\r?\n/)).flatMap(linesOf);
    } catch (error) {
      // The stream is made with the first line.
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  };
};

const linesOf = (text: string): readonly string[] => (text.trim() === '' ? [] : [printable(text)]);
