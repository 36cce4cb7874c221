// A known way to fail, as data: what it looks like in the evidence, what it means, what to do, how to see that it helped.
// Texts are templates: `{secret}` is filled in from the facts, and stands as `<secret>` in docs/troubleshooting.md.

/** Values for templates, by name: `service`, `cluster`, `region`, `secret` … Printable, never a secret. */
export type Facts = Readonly<Record<string, string>>;

/** What every kind of evidence carries: names that any rule's texts may use. */
export type WithFacts = { readonly facts: Facts };

export const areas = {
  start: 'The task never starts',
  container: 'The container ends',
  database: 'The database',
  wordpress: 'WordPress itself',
  files: 'Files and EFS',
  routing: 'Load balancer and routing',
  network: 'Network',
  deployment: 'The deployment',
  application: 'Laravel and its services',
  pipeline: 'Pipelines',
  build: 'Builds',
  migration: 'Migrations',
  command: 'One-off commands',
  credentials: 'Credentials and permissions',
} as const;

export type Area = keyof typeof areas;

/** A root cause; something that has many causes; or merely how it ended. Causes are told before symptoms. */
export type Level = 'cause' | 'symptom' | 'outcome';

/**
 * Permanent: the same task can only fail again until somebody changes something. Settling: so too, once what was written
 * to IAM moments ago has come into force. Passing: trying again may help.
 */
export type Lasting = 'permanent' | 'settling' | 'passing' | 'unknown';

export type Sureness = 'certain' | 'likely' | 'possible';

/** Where something was seen. */
export type Source =
  | 'task'
  | 'log'
  | 'target'
  | 'event'
  | 'deployment'
  | 'http'
  | 'task definition'
  | 'target group'
  | 'listener'
  | 'network'
  | 'pipeline'
  | 'build'
  | 'command';

/** One line that proves it, clean but not yet quoted: who prints it quotes it. */
export type Proof = { readonly from: Source; readonly text: string };

/** What a rule saw; `facts` add to those of the evidence. */
export type Sighting = { readonly proof: readonly Proof[]; readonly facts?: Facts };

/** One text for both kinds, or one for each: nobody reads advice for the other. A kind without a text has no such step. */
export type Step = string | { readonly tenant?: string; readonly application?: string };

export type Rule<E extends WithFacts> = {
  /** kebab-case, unique over all rules: the heading's anchor in docs/troubleshooting.md. */
  readonly id: string;
  readonly area: Area;
  readonly level: Level;
  readonly lasts: Lasting;
  readonly sure: Sureness;
  /** Texts that a person sees and searches for, as AWS, PHP or the database write them. At least one. */
  readonly symptoms: readonly string[];
  readonly sees: (evidence: E) => Sighting | undefined;
  /** A whole sentence that names what is at fault: template. */
  readonly cause: string;
  /** What to do, in order, one step each, commands and manifest lines whole and in backticks: templates. */
  readonly fix: readonly Step[];
  /** How to see that it helped: template. */
  readonly verify: string;
  /** A public page about it. */
  readonly link?: string;
};

/** What a rule found, told in the words of the case at hand. */
export type Finding = {
  readonly id: string;
  readonly level: Level;
  readonly lasts: Lasting;
  readonly sure: Sureness;
  readonly cause: string;
  readonly fix: readonly string[];
  readonly verify: string;
  readonly proof: readonly Proof[];
};
