// Foreign text as evidence: without terminal escapes, without what looks like a credential, and not too long.
import { withoutEscapes } from '../redact.ts';
import { maskCredentials } from '../redact-patterns.ts';

/** A pattern's time grows with what it looks through. */
const longest = 4_000;

/** Not quoted: who prints it quotes it. Cut at a space, since half a word could be half a secret. */
export const clean = (text: string): string => {
  if (text.length <= longest) return maskCredentials(withoutEscapes(text));
  const start = withoutEscapes(text.slice(0, longest));
  return `${maskCredentials(start.slice(0, Math.max(start.lastIndexOf(' '), 0)))} … (cut)`;
};
