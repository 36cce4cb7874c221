// The state of one cloud's ECS and what it stands on.
import type { Cloud, Store } from '../cloud.ts';
import { createStore } from '../cloud.ts';
import type { RunningContainer, Runtime } from '../containers/runtime.ts';
import type { Neighbours } from '../ports.ts';
import type { ClusterRecord, DefinitionRecord, ServiceRecord, TaskRecord } from './records.ts';

export type RunToken = { readonly request: string; readonly tasks: readonly string[]; readonly at: number };

export type Ecs = {
  readonly cloud: Cloud;
  readonly neighbours: Neighbours;
  readonly runtime: Runtime;
  readonly clusters: Map<string, ClusterRecord>;
  /** By ARN, in the order of registration; deleted ones stay, since old tasks still refer to them. */
  readonly definitions: Map<string, DefinitionRecord>;
  readonly services: Store<ServiceRecord>;
  readonly tasks: Store<TaskRecord>;
  /** ARNs of every task that a service ever had, by service ARN: a fleet's tasks are too many to search. */
  readonly serviceTasks: Map<string, readonly string[]>;
  /** A private address of the VPC that no task had before. */
  readonly nextAddress: () => string;
  /** The live side of tasks, by task ARN and container name. */
  readonly containers: Map<string, ReadonlyMap<string, RunningContainer>>;
  /** Cancels the kill that follows a request to stop, by task ARN. */
  readonly kills: Map<string, () => void>;
  /** Services whose scheduler has a tick due. */
  readonly armed: Set<string>;
  readonly runTokens: Map<string, RunToken>;
  /** Reasons with which the next RunTask calls cannot place their tasks. */
  readonly runFailures: string[];
  /** Why services' tasks cannot be placed at present. */
  placementRefusal: string | undefined;
  /** Lets the scheduler look at a service soon. */
  readonly wake: (serviceArn: string) => void;
};

export type EcsGround = Pick<Ecs, 'cloud' | 'neighbours' | 'runtime'>;

export const createState = ({ cloud, neighbours, runtime }: EcsGround): Omit<Ecs, 'wake'> => ({
  cloud,
  neighbours,
  runtime,
  clusters: new Map(),
  definitions: new Map(),
  services: createStore(cloud.clock, cloud.settings.readLagMs),
  tasks: createStore(cloud.clock, cloud.settings.readLagMs),
  serviceTasks: new Map(),
  nextAddress: createAddresses(),
  containers: new Map(),
  kills: new Map(),
  armed: new Set(),
  runTokens: new Map(),
  runFailures: [],
  placementRefusal: undefined,
});

const createAddresses = (): Ecs['nextAddress'] => {
  let count = 0;
  return () => {
    const index = count++;
    return `10.2.${16 + Math.floor(index / 250)}.${4 + (index % 250)}`;
  };
};
