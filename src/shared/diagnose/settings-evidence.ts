// How an application's services are set up beside each other, as they run now.
import type { WithFacts } from './rule.ts';

export type SettingsEvidence = WithFacts & {
  readonly services: readonly ServiceSettings[];
};

export type ServiceSettings = {
  /** Short name. */
  readonly name: string;
  readonly image: string;
  /** `envelope-prod-worker:7` */
  readonly revision: string;
  /** Names of variables and secrets, with the values of those that hold no secret. */
  readonly variables: Readonly<Record<string, string>>;
};
