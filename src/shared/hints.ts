// What a person does about a refusal of AWS's that says only what was refused. Pure.
import type { CallEvidence, Manifest } from './diagnose/call-evidence.ts';
import { findAll } from './diagnose/find.ts';
import { callRules } from './diagnose/rules/credentials.ts';
import { Failed, Refused, UserError } from './errors.ts';

export type { Manifest } from './diagnose/call-evidence.ts';

/** Undefined where the error says it itself, or nothing is known of it. */
export const hintFor = (error: Error, manifest: Manifest): string | undefined => {
  if (error instanceof Failed || error instanceof Refused || error instanceof UserError) return undefined;
  const { name, message } = error;
  const [finding] = findAll(callRules, { facts: {}, name, message, manifest, answer: answerOf(error) });
  return finding && [finding.cause, ...finding.fix].join(' ');
};

const answerOf = (error: Error): CallEvidence['answer'] => {
  if (!('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: number };
  return httpStatusCode === undefined ? 'none' : 'refused';
};
