// One application in one environment, layered and filled in, but perhaps not right.
import type { Application } from './application.ts';
import type { Touches } from './paths.ts';
import type { At, Branch } from './tree.ts';

export type ApplicationDraft = {
  readonly application: string;
  readonly environment: string;
  /** Where the file says that the application lives there. */
  readonly home: At;
  readonly tree: Branch;
  readonly isBroken: Touches;
  /** Undefined where something in it is wrong. */
  readonly value: Application | undefined;
};
