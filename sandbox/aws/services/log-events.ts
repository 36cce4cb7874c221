// Reading log events: one stream back and forth with its two tokens, or many streams through a filter.
import { AwsError, type CloudSettings } from '../cloud.ts';
import { optional, pageOf } from './pages.ts';

export type LogEvent = {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  /** Position among all events of the account. */
  readonly order: number;
};

export type LogStream = {
  readonly name: string;
  readonly createdAt: number;
  readonly events: readonly LogEvent[];
};

export const invalidToken = (): AwsError =>
  new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');

type Window = {
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly nextToken?: string;
};

export type GetInput = Window & {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamName: string;
  readonly startFromHead?: boolean;
};

export type FilterInput = Window & {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
};

type Paging = Pick<CloudSettings, 'pageSize'>;

/** AWS's `endTime` is exclusive. */
const within =
  ({ startTime = 0, endTime = Number.POSITIVE_INFINITY }: Window) =>
  ({ timestamp }: LogEvent): boolean =>
    timestamp >= startTime && timestamp < endTime;

const most = 10_000;

/** Tokens say which way to read from which event on: `f/12` forward, `b/3` backward. */
const readToken = (token: string): { readonly way: 'f' | 'b'; readonly from: number } => {
  const [, way, from] = /^([fb])\/(\d{1,9})$/.exec(token) ?? [];
  if ((way !== 'f' && way !== 'b') || from === undefined) throw invalidToken();
  return { way, from: Number(from) };
};

export const getEvents = (events: readonly LogEvent[], input: GetInput, settings: Paging): object => {
  const found = events.filter(within(input));
  const size = Math.min(input.limit ?? most, settings.pageSize ?? most);
  const head = input.startFromHead
    ? { way: 'f' as const, from: 0 }
    : { way: 'b' as const, from: found.length };
  const { way, from } = input.nextToken ? readToken(input.nextToken) : head;
  const start = way === 'f' ? from : Math.max(0, from - size);
  const end = way === 'f' ? Math.min(from + size, found.length) : Math.min(from, found.length);
  return {
    events: found
      .slice(start, end)
      .map(({ timestamp, ingestionTime, message }) => ({ timestamp, ingestionTime, message })),
    // At an end of the stream the same token comes back.
    nextForwardToken: `f/${Math.max(start, end)}`,
    nextBackwardToken: `b/${start}`,
  };
};

/** Terms that must all be there, `-term` that must not, `?term` of which one must; quotes keep spaces. */
const matcherOf = (pattern: string): ((message: string) => boolean) => {
  const terms = pattern.match(/[-?]?(?:"[^"]*"|\S+)/g) ?? [];
  const plain = (term: string): string => term.replace(/^[-?]/, '').replace(/^"|"$/g, '');
  const any = terms.filter((term) => term.startsWith('?')).map(plain);
  const none = terms.filter((term) => term.startsWith('-')).map(plain);
  const all = terms.filter((term) => !/^[-?]/.test(term)).map(plain);
  return (message) =>
    all.every((term) => message.includes(term)) &&
    !none.some((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term)));
};

export const filterEvents = (streams: readonly LogStream[], input: FilterInput, settings: Paging): object => {
  const { logStreamNames: names, logStreamNamePrefix: prefix = '', filterPattern = '' } = input;
  const matches = matcherOf(filterPattern);
  const found = streams
    .filter(({ name }) => (!names || names.includes(name)) && name.startsWith(prefix))
    .flatMap(({ name, events }) =>
      events
        .filter(within(input))
        .filter(({ message }) => matches(message))
        .map((event) => ({ ...event, stream: name })),
    )
    .sort((a, b) => a.timestamp - b.timestamp || a.order - b.order);
  const { items, next } = pageOf(
    found,
    {
      scope: ['FilterLogEvents', names, prefix, filterPattern, input.startTime, input.endTime],
      token: input.nextToken,
      limit: input.limit,
      most,
      invalid: invalidToken(),
    },
    settings,
  );
  const events = items.map(({ stream, timestamp, ingestionTime, message, order }) => ({
    logStreamName: stream,
    timestamp,
    ingestionTime,
    message,
    eventId: String(order).padStart(56, '0'),
  }));
  return { events, searchedLogStreams: [], ...optional('nextToken', next) };
};
