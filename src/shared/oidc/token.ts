// A token from GitHub, and what it means when there is none.
import { findAll } from '../diagnose/find.ts';
import { tokenRules } from '../diagnose/rules/credentials-oidc.ts';
import { Cancelled, Failed } from '../errors.ts';
import { Passing } from './retry.ts';

export type IdToken = (audience: string) => Promise<string>;

/** Throws Failed where the job may not have a token, Passing where GitHub did not answer as it should. */
export const askToken = async (idToken: IdToken, audience: string): Promise<string> => {
  try {
    return await idToken(audience);
  } catch (error) {
    throw error instanceof Cancelled ? error : explainNoToken(String(error));
  }
};

const explainNoToken = (said: string): Failed | Passing => {
  // The toolkit puts the status into the text, and `undefined` where there was no answer.
  const status = Number(/Error Code\s*:\s*(\d{3})/.exec(said)?.[1] ?? 0);
  const facts = { answer: status ? `HTTP ${status}` : 'no usable answer' };
  const [finding] = findAll(tokenRules, { said, status, facts });
  const failed = new Failed(finding?.cause ?? said, finding?.fix.join(' ') ?? '');
  return finding?.lasts === 'passing' ? new Passing(failed) : failed;
};
