// A token from GitHub, and what it means when there is none.
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
  if (/ACTIONS_ID_TOKEN_REQUEST/.test(said))
    return new Failed(
      'GitHub gave no OIDC token for the role to assume: this job may not ask for one.',
      'Give the job `permissions: id-token: write`, and the job that calls its workflow too. A pull request from a fork never gets a token.',
    );
  // The toolkit puts the status into the text, and `undefined` where there was no answer.
  const status = Number(/Error Code\s*:\s*(\d{3})/.exec(said)?.[1] ?? 0);
  if (status === 0 || status === 408 || status === 429 || status >= 500)
    return new Passing(
      new Failed(
        `GitHub's token service gave no OIDC token (${status ? `HTTP ${status}` : 'no usable answer'}).`,
        'Look at githubstatus.com, then run again: without a session nothing more was done.',
      ),
    );
  return new Failed(
    `GitHub's token service refused this job an OIDC token (HTTP ${status}).`,
    'Run the job again: a token can be asked for only while its own job runs.',
  );
};
