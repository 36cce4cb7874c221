// How the sandbox runs a container: as a local process, or as a program written for the sandbox on its virtual clock.
import type { CloudClock } from '../clock.ts';

export type ContainerSpec = {
  readonly image: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  /** Environment variables with secrets already resolved, as the container sees them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number | undefined;
};

export type ContainerHost = {
  readonly clock: CloudClock;
  /** One line of the container's stdout or stderr. */
  readonly log: (line: string) => void;
  /** Where a database host of the account really listens; undefined: nothing answers there. */
  readonly databaseAddress: (
    host: string,
    port: number,
  ) => { readonly host: string; readonly port: number } | undefined;
};

export type Exit = { readonly code: number; readonly reason?: string };

export type ProbeRequest = {
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
  /** One HTTP request to the container's port. */
  readonly request: (request: ProbeRequest) => Promise<ProbeAnswer>;
};

/** Starts a container; throws AwsError-free plain Error only for a bug. An unknown image is `undefined`: CannotPullContainerError. */
export type Runtime = (spec: ContainerSpec, host: ContainerHost) => RunningContainer | undefined;
