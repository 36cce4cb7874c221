// What a stand-in for a third-party action is.
import type { Hub } from '../hub/types.ts';

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
  readonly log: (line: string) => void;
};

export type StandIn = {
  /** Names of all inputs that it takes, in lower case. */
  readonly inputs: readonly string[];
  /** Resolves with the step's outputs; rejects with the message that fails it. */
  readonly run: (call: StandInCall) => Promise<Texts>;
};
