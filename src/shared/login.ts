// The members of a secret that log somebody in.
import type { Login } from './database/local.ts';

/** Undefined where the text is not a JSON object with both members. */
export const parseLogin = (text: string): Login | undefined => {
  try {
    const { username, password } = JSON.parse(text) as Record<string, unknown>;
    return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined;
  } catch {
    return undefined;
  }
};
