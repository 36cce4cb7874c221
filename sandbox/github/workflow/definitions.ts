// A workflow file as this runner walks it: GitHub's tokens where expressions may stand, plain values where they may not.

import type { Permissions } from '../hub/types.ts';
import type { TemplateToken } from './library.ts';

/** Where a file comes from: `$/` and `./` in it mean this repository at this commit. */
export type Origin = {
  /** `owner/name`. */
  readonly repository: string;
  /** Folder with the repository's files at `sha`. */
  readonly folder: string;
  /** Path inside the repository. */
  readonly path: string;
  /** As `job_workflow_ref` shows it: refs/heads/main, refs/tags/v1, a commit. */
  readonly ref: string;
  readonly sha: string;
};

export type Token = TemplateToken | undefined;

export type InputDefinition = {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number' | 'choice' | 'environment';
  readonly required: boolean;
  readonly default: Token;
  readonly options: readonly string[];
};

export type Events = {
  /** Event name → its filters as values: types, branches, tags, paths, cron. */
  readonly filters: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly dispatchInputs: readonly InputDefinition[];
  readonly callInputs: readonly InputDefinition[];
  readonly callSecrets: readonly { readonly name: string; readonly required: boolean }[];
  readonly callOutputs: Readonly<Record<string, Token>>;
};

export type StepDefinition = {
  /** What the file gives, else a name of our own that no file can give. */
  readonly id: string;
  readonly name: Token;
  readonly condition: TemplateToken;
  readonly env: Token;
  readonly continueOnError: Token;
  readonly timeoutMinutes: Token;
  readonly does:
    | {
        readonly kind: 'run';
        readonly script: TemplateToken;
        readonly shell: Token;
        readonly workingDirectory: Token;
      }
    | { readonly kind: 'uses'; readonly uses: string; readonly with: Token; readonly token: TemplateToken };
};

type JobBase = {
  readonly id: string;
  readonly token: TemplateToken;
  readonly name: Token;
  readonly needs: readonly string[];
  readonly condition: TemplateToken;
  readonly strategy: Token;
  readonly concurrency: Token;
  readonly permissions: Permissions | undefined;
};

export type StepsJob = JobBase & {
  readonly kind: 'steps';
  readonly env: Token;
  readonly defaults: Token;
  readonly environment: Token;
  readonly runsOn: Token;
  readonly timeoutMinutes: Token;
  readonly continueOnError: Token;
  readonly outputs: Token;
  readonly steps: readonly StepDefinition[];
};

export type CallJob = JobBase & {
  readonly kind: 'call';
  readonly with: Token;
  /** `inherit`, or a mapping. */
  readonly secrets: Token;
  readonly called: WorkflowFile;
};

export type JobDefinition = StepsJob | CallJob;

export type WorkflowFile = {
  readonly origin: Origin;
  readonly name: string;
  readonly events: Events;
  readonly env: Token;
  readonly defaults: Token;
  readonly concurrency: Token;
  readonly permissions: Permissions | undefined;
  readonly jobs: readonly JobDefinition[];
};
