// Why a command's task never ran, by what ECS says: told by the rules that its service's deployments are read with.
import { findAll } from '../diagnose/find.ts';
import type { Finding } from '../diagnose/rule.ts';
import { networkCauses } from '../diagnose/rules/network.ts';
import { startCauses } from '../diagnose/rules/start.ts';
import { factsOfCommand, secretsOf, type Whereabouts } from './facts.ts';

export type Meaning = { readonly what: string; readonly fix: string };

const rules = [...startCauses, ...networkCauses];

/** The likeliest reason; undefined where ECS says something new. */
export const findStart = (reason: string, at: Whereabouts): Finding | undefined =>
  findAll(rules, {
    facts: factsOfCommand(at),
    reason,
    secrets: secretsOf(at.workplace),
    network: undefined,
  })[0];

export const explainStart = (reason: string, at: Whereabouts): Meaning => {
  const found = findStart(reason, at);
  return { what: found?.cause ?? 'ECS gives no reason.', fix: found?.fix.join('\n') ?? 'Run again.' };
};

/** Whether the same task may well start if it is asked for again: there was no room, and nothing of it ran. */
export const mayComeBack = (reason: string): boolean =>
  // Not in any case: AWS's denials say `on resource: arn:…`.
  /[Cc]apacity is unavailable|RESOURCE:|\bAGENT\b|[Tt]imeout waiting for network interface/.test(reason);
