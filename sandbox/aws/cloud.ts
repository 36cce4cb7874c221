// What every sandbox service stands on: one account, one clock, one list of recorded calls, and reads that lag.
import type { CloudClock } from './clock.ts';

/** An operation of a service: decoded input in, output out; throws AwsError. Names are AWS's (`CreateSecret`). */
export type Operation = (input: never, call: CallContext) => object | Promise<object>;
export type Operations = Readonly<Record<string, Operation>>;

export type CallContext = {
  /** ARN of the caller, from the request's access key. */
  readonly caller: string;
};

export type RecordedCall = {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
  /** True for everything that is not Describe, List, Get, BatchGet or Filter. */
  readonly write: boolean;
  readonly outcome: 'ok' | 'refused' | 'lost';
  readonly errorCode?: string;
};

export type ServiceName =
  | 'codebuild'
  | 'codepipeline'
  | 'ec2'
  | 'ecr'
  | 'ecs'
  | 'efs'
  | 'elb'
  | 'iam'
  | 'logs'
  | 'rds'
  | 'secrets'
  | 'sts';

export type Cloud = {
  readonly accountId: string;
  readonly region: string;
  readonly clock: CloudClock;
  readonly settings: CloudSettings;
  /** Deterministic hex id of `length` digits, unique within the cloud. */
  readonly newId: (length: number) => string;
};

export type CloudSettings = {
  /** Pages hold at most this many items whatever the caller asks for; undefined: AWS's own sizes. */
  readonly pageSize: number | undefined;
  /** How long a write stays invisible to reads of the services that AWS calls eventually consistent. */
  readonly readLagMs: number;
  /** IAM policy changes take effect this long after the write. */
  readonly policyLagMs: number;
  /** A pipeline execution that was just started is not found for this long. */
  readonly startLagMs: number;
  /** Of the machine's time: so long at least a load balancer waits for a program, which no fast clock makes faster. */
  readonly patienceMs: number;
};

/** What AWS answers when it refuses; the doors encode it in each protocol's own form. */
export class AwsError extends Error {
  readonly code: string;
  /** Members of the modelled exception beside its message (e.g. AccessPointId of AccessPointAlreadyExists). */
  readonly members: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.members = members;
  }
}

/** A store whose `read` lags behind its writes by `lagMs`, as AWS's eventually consistent reads do; `get` never lags. */
export type Store<V> = {
  readonly get: (key: string) => V | undefined;
  readonly read: (key: string) => V | undefined;
  readonly set: (key: string, value: V) => void;
  readonly delete: (key: string) => void;
  readonly values: () => readonly V[];
  readonly readValues: () => readonly V[];
};

type Version<V> = { readonly at: number; readonly value: V | undefined };

export const createStore = <V>(clock: Pick<CloudClock, 'now'>, lagMs: number): Store<V> => {
  const histories = new Map<string, Version<V>[]>();
  const write = (key: string, value: V | undefined): void => {
    const now = clock.now();
    const history = histories.get(key) ?? [];
    // Keep the newest version that readers already see, and everything after it.
    const seen = history.findLastIndex((version) => version.at + lagMs <= now);
    histories.set(key, [...history.slice(Math.max(seen, 0)), { at: now, value }]);
  };
  const get = (key: string): V | undefined => histories.get(key)?.at(-1)?.value;
  const read = (key: string): V | undefined =>
    histories.get(key)?.findLast((version) => version.at + lagMs <= clock.now())?.value;
  const all = (look: (key: string) => V | undefined): readonly V[] =>
    [...histories.keys()]
      .map(look)
      .filter((value): value is NonNullable<typeof value> => value !== undefined);
  return {
    get,
    read,
    set: write,
    delete: (key) => write(key, undefined),
    values: () => all(get),
    readValues: () => all(read),
  };
};
