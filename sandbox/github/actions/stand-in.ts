// What a stand-in for a third-party action is.
import type { Hub } from '../hub/types.ts';
import type { Registry } from './registry.ts';

type Texts = Readonly<Record<string, string>>;

export type StandInCall = {
  /** What the step gives; names in lower case. */
  readonly inputs: Texts;
  readonly workspace: string;
  readonly hub: Hub;
  readonly runId: number;
  readonly repository: { readonly folder: string; readonly sha: string; readonly ref: string };
  readonly repositories: Texts;
  /** The job's own token, default of `token` inputs. */
  readonly token: string;
  /** Variables that a process of the step would have. */
  readonly env: Texts;
  /** Sets a variable for the job's later steps. */
  readonly setVariable: (name: string, value: string) => void;
  /** Keeps a value out of the job's log. */
  readonly mask: (value: string) => void;
  /** Undefined where the run has none. */
  readonly registry: Registry | undefined;
  readonly log: (line: string) => void;
};

export type StandIn = {
  /** Names of all inputs that it takes, in lower case. */
  readonly inputs: readonly string[];
  /** Resolves with the step's outputs; rejects with the message that fails it. */
  readonly run: (call: StandInCall) => Promise<Texts>;
};
