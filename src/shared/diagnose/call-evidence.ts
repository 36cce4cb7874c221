// A call to AWS that did not do what it was for: the error as the SDK gives it. `lasts` tells whether running again may help.
import { clip } from './clip.ts';
import type { Facts, Rule, Sighting, WithFacts } from './rule.ts';

/** Whose manifest names what AWS refuses or does not have: a tenant's environment, or an application's own. */
export type Manifest = 'environment' | 'application';

export type CallEvidence = WithFacts & {
  /** AWS's code: "AccessDeniedException"; or the SDK's own: "CredentialsProviderError". */
  readonly name: string;
  readonly message: string;
  readonly manifest: Manifest;
  /** Undefined where the error is of no call. */
  readonly answer: 'refused' | 'none' | undefined;
};

export type CallRule = Rule<CallEvidence>;

type Said = {
  readonly name?: RegExp;
  /** In "code: message". */
  readonly said?: RegExp;
  readonly manifest?: Manifest;
  readonly facts?: (found: RegExpExecArray) => Facts;
};

/** Sees an error in which all of these fit. */
export const refusedAs =
  ({ name, said = /^/, manifest, facts }: Said): CallRule['sees'] =>
  (call): Sighting | undefined => {
    if (manifest !== undefined && manifest !== call.manifest) return undefined;
    if (name && !name.test(call.name)) return undefined;
    const text = `${call.name}: ${call.message}`;
    const found = said.exec(clip(text));
    if (!found) return undefined;
    const proof = [{ from: 'command', text }] as const;
    return facts ? { proof, facts: facts(found) } : { proof };
  };
