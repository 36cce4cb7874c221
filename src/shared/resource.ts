// The words of the driver: what a resource of a tenant is, how it differs, what becomes of it.
import type { Tags } from './fleet/types.ts';

export const steps = ['secret', 'access', 'storage', 'task-definition', 'routing', 'service'] as const;
export type Step = (typeof steps)[number];

/** ARNs and ids that later resources need of earlier ones. */
export type Refs = {
  readonly secretArn: string;
  readonly accessPointId: string;
  readonly targetGroupArn: string;
  readonly ruleArn: string;
  readonly taskDefinitionArn: string;
  readonly serviceArn: string;
  readonly deploymentId: string;
};

export type Difference = {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  /** replace: a new one takes over; refuse: AWS cannot change it and replacing it would hurt. */
  readonly how: 'update' | 'replace' | 'refuse';
  readonly why?: string;
};

export type Outcome = {
  readonly step: Step;
  readonly kind: string;
  readonly name: string;
  readonly action: 'create' | 'update' | 'replace' | 'keep' | 'delete' | 'absent';
  readonly differences: readonly Difference[];
  /** What a person should know of it beside what becomes of it. */
  readonly note?: string;
};

/** One AWS thing of a tenant. `Want` is its spec, `Have` what was found. */
export type Resource<Want, Have> = {
  readonly step: Step;
  readonly kind: string;
  readonly name: string;
  readonly observe: () => Promise<Have | undefined>;
  /** Tags of the found thing; `by-name` where AWS cannot tag it and the name alone says whose it is. */
  readonly tags: (have: Have) => Tags | 'by-name' | { readonly elbArn: string };
  readonly want: (refs: Partial<Refs>) => Want;
  readonly differs: (want: Want, have: Have) => readonly Difference[];
  readonly create: (want: Want) => Promise<Have>;
  readonly update: (want: Want, have: Have, differences: readonly Difference[]) => Promise<Have>;
  /** Writes the tags that make it ours. */
  readonly tag: (have: Have, tags: Tags) => Promise<void>;
  readonly destroy: (have: Have) => Promise<void>;
  /** Removes what an interrupted removal may have left though nothing is found any more. */
  readonly sweep?: () => Promise<void>;
  readonly refs: (have: Have) => Partial<Refs>;
  /** AWS's way to say at create that it is there already: another run won, or a read lagged. */
  readonly isTaken: (error: unknown) => boolean;
  /** What must be known before it can be made. */
  readonly needs: readonly (keyof Refs)[];
  /** Its tenants share it: made where missing, changed only where a person adopts it, never deleted with a tenant. */
  readonly isShared?: true;
  readonly note?: string;
};

/** A resource once looked at, its types closed over so that a tenant can be a plain list. */
export type Sight = {
  readonly step: Step;
  readonly kind: string;
  readonly name: string;
  readonly found: boolean;
  readonly isShared?: true;
  readonly tags: Tags | 'by-name' | { readonly elbArn: string };
  readonly refs: Partial<Refs>;
  readonly needs: readonly (keyof Refs)[];
  /** Pure: what would be done. Unknown refs show as `(known after apply)`. */
  readonly plan: (refs: Partial<Refs>, foundTags: Tags | 'by-name') => Outcome;
  readonly apply: (outcome: Outcome, refs: Partial<Refs>) => Promise<Partial<Refs>>;
  readonly destroy: () => Promise<void>;
};

export type Piece = {
  readonly step: Step;
  readonly kind: string;
  readonly name: string;
  readonly isShared?: true;
  readonly observe: () => Promise<Sight>;
};

export const unknownYet = '(known after apply)';
