// The most likely reason why a job was denied, in words: first from what differs, else from the claims alone.
import { type Claims, claimOf } from './claims.ts';
import type { Mismatch } from './trust-conditions.ts';

const immutable = /^repo:([^/@:]+)@\d+\/([^/@:]+)@\d+:(.*)$/;

/** What to change, for the first mismatch that is known to mean something. */
export const culpritIn = (mismatches: readonly Mismatch[], claims: Claims): string => {
  const [first] = mismatches;
  const known = mismatches.flatMap((mismatch) => judges[mismatch.claim]?.(mismatch, claims) ?? []);
  return (
    known[0] ??
    (first ? `Correct ${first.claim || first.condition} in the role's trust policy; see below.` : checkAll)
  );
};

/** Without the trust policy: what is unusual about these claims. */
export const guessCulprit = (claims: Claims): string => {
  const guesses = [
    ...(immutable.test(claimOf(claims, 'sub') ?? '') ? [idForm(claims)] : []),
    ...(claimOf(claims, 'environment') === undefined ? [noEnvironment] : []),
    ...(claimOf(claims, 'job_workflow_ref') === undefined ? [noWorkflow] : []),
  ];
  return guesses.length ? `Likely: ${guesses.join(' Or: ')}` : checkAll;
};

const checkAll =
  "Compare the role's trust policy with this job's claims: provider, aud, sub and every other condition must match, and the role must exist.";

const noEnvironment =
  'the token has no environment claim, because the job names no `environment:`; a job that calls a reusable workflow cannot, so the called job has to.';

const noWorkflow = 'the token has no job_workflow_ref claim, so no condition on it is ever met.';

const idForm = (claims: Claims): string =>
  `the sub has GitHub's form with ids (repositories made, renamed or moved since 15 July 2026); let the trust policy take ${claimOf(claims, 'sub')} as well.`;

type Judge = (mismatch: Mismatch, claims: Claims) => string | undefined;

const judgeSub: Judge = ({ asked, found = '' }, claims) => {
  const [, owner, repository, rest] = immutable.exec(found) ?? [];
  const plain = `repo:${owner}/${repository}:${rest}`;
  if (owner && asked.some((value) => !value.includes('@') && sameStart(value, plain)))
    return sentence(idForm(claims));
  if (asked.some((value) => value.includes(':environment:')) && claimOf(claims, 'environment') === undefined)
    return sentence(noEnvironment);
  if (asked.some((value) => value.toLowerCase() === found.toLowerCase()))
    return 'The sub differs from the trust policy only in upper and lower case: write it as the claim has it.';
  return asked.some((value) => value.includes('@') && sameStart(value.replace(/@[^/:]*/g, ''), found))
    ? `The trust policy takes only the sub with ids; add ${found}.`
    : undefined;
};

/** Whether both speak of the same repository. */
const sameStart = (pattern: string, sub: string): boolean =>
  pattern.split(':')[1]?.toLowerCase() === sub.split(':')[1]?.toLowerCase();

const judgeWorkflow: Judge = ({ asked, found }) => {
  if (found === undefined) return sentence(noWorkflow);
  const path = found.split('@')[0];
  return asked.some((value) => value.split('@')[0] === path)
    ? `The workflow is the right one at another ref (${found}): let StringLike take ${path}@*.`
    : `The job is of another workflow: ${found}. Let the trust policy name it, or run the workflow that it names.`;
};

const judges: Readonly<Record<string, Judge>> = {
  sub: judgeSub,
  environment: ({ asked, found }) =>
    found === undefined
      ? sentence(noEnvironment)
      : `The job runs in the GitHub environment ${found}; the role trusts ${asked.join(' or ')}.`,
  job_workflow_ref: judgeWorkflow,
  aud: ({ found }) =>
    `The token is for ${found}: name that audience in the trust policy and in the account's OIDC identity provider.`,
  repository_id: ({ found }) =>
    `The job is of the repository with id ${found}; a copy, or one made anew under the old name, has another id than the one trusted.`,
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
