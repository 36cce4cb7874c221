// How the sandbox runs a container: as a local process, or as a program written for the sandbox on its virtual clock.
import type { CloudClock } from '../clock.ts';

export type ContainerSpec = {
  readonly image: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  /** Environment variables with secrets already resolved, as the container sees them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number | undefined;
  readonly mounts: readonly Mount[];
  /** Its limit in MiB; whoever grows above it is killed. */
  readonly memory?: number;
};

/** A shared file system in the container: `volume` is the same text for the same files (`fs-… fsap-…`). */
export type Mount = {
  readonly containerPath: string;
  readonly volume: string;
  /** The user that the volume's access point makes of everyone; `permissions` are what it made the folder with. */
  readonly access?: { readonly uid: number; readonly gid: number; readonly permissions: string };
};

/** A database host and port of the account, and where its server really listens. */
export type DatabaseServer = {
  readonly host: string;
  readonly port: number;
  readonly address: { readonly host: string; readonly port: number };
};

/** What a program meets that connects to a host: a closed security group lets it wait in vain. */
export type Connection = 'open' | 'refused' | 'timeout' | 'unknown-host';

export type ContainerHost = {
  readonly clock: CloudClock;
  /** One line of the container's stdout or stderr. */
  readonly log: (line: string) => void;
  /** The account's databases that have a server; nothing answers anywhere else. */
  readonly databases: readonly DatabaseServer[];
  /** What the network and the account's databases say to this container; undefined where it is in no account. */
  readonly connect?: (host: string, port: number) => Connection;
};

export type Exit = { readonly code: number; readonly reason?: string };

export type ProbeRequest = {
  /** GET unless given. */
  readonly method?: string;
  readonly body?: string;
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type ProbeAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'no-answer'; readonly reason: 'timeout' | 'refused' };

export type RunningContainer = {
  /** Settles when the program ends, by itself or by `stop`. */
  readonly exited: Promise<Exit>;
  readonly stop: () => void;
  /** The port that it listens on; undefined: the one that it is asked at. */
  readonly listens?: number;
  /** One HTTP request to the container's port. */
  readonly request: (request: ProbeRequest) => Promise<ProbeAnswer>;
};

/** Starts a container; throws AwsError-free plain Error only for a bug. An unknown image is `undefined`: CannotPullContainerError. */
export type Runtime = (spec: ContainerSpec, host: ContainerHost) => RunningContainer | undefined;
