// What validation looks at, one by one, and what it found.

export type CheckState =
  | 'passed'
  /** Not yet; where time runs out it counts as failed. */
  | 'pending'
  | 'failed'
  /** Worth a look, and no reason to fail. */
  | 'warning'
  /** It could not be looked at: nothing is claimed of it. */
  | 'unknown';

export type Check = {
  readonly kind: 'service' | 'targets' | 'http' | 'security' | 'settings';
  readonly name: string;
  /** Short name of the service that it is about, where it is about one. */
  readonly service?: string;
  readonly state: CheckState;
  readonly detail: string;
  /** What to do about it; empty where nothing needs to be done. */
  readonly fix: string;
};
