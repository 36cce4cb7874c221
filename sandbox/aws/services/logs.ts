// CloudWatch Logs: groups, streams and events in the order they came.
import { AwsError, type Cloud } from '../cloud.ts';
import type { LogsPort } from '../ports.ts';
import {
  type FilterInput,
  filterEvents,
  type GetInput,
  getEvents,
  invalidToken,
  type LogStream,
} from './log-events.ts';
import { optional, pageOf } from './pages.ts';

type MutableGroup = { readonly createdAt: number; readonly streams: Map<string, LogStream> };

type GroupReference = { readonly logGroupName?: string; readonly logGroupIdentifier?: string };
type GroupsInput = {
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
  readonly nextToken?: string;
  readonly limit?: number;
};
type StreamsInput = GroupReference & {
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: 'LogStreamName' | 'LastEventTime';
  readonly descending?: boolean;
  readonly nextToken?: string;
  readonly limit?: number;
};

export type Logs = LogsPort & {
  readonly seedGroup: (name: string) => void;
  readonly snapshot: () => object;
};

const missing = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `The specified ${what} does not exist.`);

const arnOf = (cloud: Cloud, group: string): string =>
  `arn:aws:logs:${cloud.region}:${cloud.accountId}:log-group:${group}`;

const groupNameOf = (input: GroupReference): string => {
  const { logGroupName, logGroupIdentifier } = input;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined))
    throw new AwsError(
      'InvalidParameterException',
      'Specify either logGroupName or logGroupIdentifier, not both.',
    );
  return logGroupName ?? logGroupIdentifier?.split(':log-group:').at(-1)?.replace(/:\*$/, '') ?? '';
};

const describeStream = (cloud: Cloud, group: string, { name, createdAt, events }: LogStream): object => ({
  logStreamName: name,
  creationTime: createdAt,
  arn: `${arnOf(cloud, group)}:log-stream:${name}`,
  storedBytes: 0,
  ...optional('firstEventTimestamp', events[0]?.timestamp),
  ...optional('lastEventTimestamp', events.at(-1)?.timestamp),
  ...optional('lastIngestionTime', events.at(-1)?.ingestionTime),
});

const lastTime = ({ events, createdAt }: LogStream): number => events.at(-1)?.timestamp ?? createdAt;

const sortStreams = (streams: readonly LogStream[], input: StreamsInput): readonly LogStream[] => {
  const byName = (a: LogStream, b: LogStream): number => (a.name < b.name ? -1 : 1);
  const order =
    input.orderBy === 'LastEventTime' ? (a: LogStream, b: LogStream) => lastTime(a) - lastTime(b) : byName;
  const sorted = streams.toSorted((a, b) => order(a, b) || byName(a, b));
  return input.descending ? sorted.reverse() : sorted;
};

const describeLogStreams = (cloud: Cloud, group: MutableGroup, input: StreamsInput): object => {
  const { logStreamNamePrefix: prefix = '', orderBy, descending, nextToken, limit } = input;
  if (orderBy === 'LastEventTime' && prefix !== '')
    throw new AwsError(
      'InvalidParameterException',
      'Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
  const streams = [...group.streams.values()].filter(({ name }) => name.startsWith(prefix));
  const { items, next } = pageOf(
    sortStreams(streams, input),
    {
      scope: ['DescribeLogStreams', groupNameOf(input), prefix, orderBy, descending],
      token: nextToken,
      limit,
      most: 50,
      invalid: invalidToken(),
    },
    cloud.settings,
  );
  const logStreams = items.map((stream) => describeStream(cloud, groupNameOf(input), stream));
  return { logStreams, ...optional('nextToken', next) };
};

const describeLogGroups = (
  cloud: Cloud,
  groups: ReadonlyMap<string, MutableGroup>,
  input: GroupsInput,
): object => {
  const { logGroupNamePrefix: prefix = '', logGroupNamePattern: pattern = '' } = input;
  const names = [...groups.keys()].filter((name) => name.startsWith(prefix) && name.includes(pattern)).sort();
  const { items, next } = pageOf(
    names,
    {
      scope: ['DescribeLogGroups', prefix, pattern],
      token: input.nextToken,
      limit: input.limit,
      most: 50,
      invalid: invalidToken(),
    },
    cloud.settings,
  );
  const logGroups = items.map((name) => ({
    logGroupName: name,
    creationTime: groups.get(name)?.createdAt,
    metricFilterCount: 0,
    arn: `${arnOf(cloud, name)}:*`,
    logGroupArn: arnOf(cloud, name),
    storedBytes: 0,
    logGroupClass: 'STANDARD',
  }));
  return { logGroups, ...optional('nextToken', next) };
};

const createState = (cloud: Cloud) => {
  const groups = new Map<string, MutableGroup>();
  let written = 0;
  const needGroup = (input: GroupReference): MutableGroup => {
    const group = groups.get(groupNameOf(input));
    if (!group) throw missing('log group');
    return group;
  };
  const put: LogsPort['put'] = ({ group, stream, message }) => {
    const streams = groups.get(group)?.streams;
    if (!streams) throw new Error(`Nobody may write to the missing log group ${group}`);
    const now = cloud.clock.now();
    const { createdAt = now, events = [] } = streams.get(stream) ?? {};
    const event = { timestamp: now, ingestionTime: now, message, order: written++ };
    streams.set(stream, { name: stream, createdAt, events: [...events, event] });
  };
  return { groups, needGroup, put };
};

export const createLogs = (cloud: Cloud): Logs => {
  const { groups, needGroup, put } = createState(cloud);
  const getLogEvents = (input: GetInput): object => {
    const stream = needGroup(input).streams.get(input.logStreamName);
    if (!stream) throw missing('log stream');
    return getEvents(stream.events, input, cloud.settings);
  };
  const filterLogEvents = (input: FilterInput): object => {
    const { streams } = needGroup(input);
    if (input.logStreamNames?.some((name) => !streams.has(name))) throw missing('log stream');
    return filterEvents([...streams.values()], input, cloud.settings);
  };
  return {
    operations: {
      DescribeLogGroups: (input: GroupsInput) => describeLogGroups(cloud, groups, input),
      DescribeLogStreams: (input: StreamsInput) => describeLogStreams(cloud, needGroup(input), input),
      GetLogEvents: getLogEvents,
      FilterLogEvents: filterLogEvents,
    },
    hasGroup: (name) => groups.has(name),
    put,
    seedGroup: (name) => void groups.set(name, { createdAt: cloud.clock.now(), streams: new Map() }),
    // Streams are what ran, not what exists: two clouds that agree may have different histories.
    snapshot: () => [...groups.keys()],
  };
};
