// The most likely reason why a job was denied, in words: first from what differs, else from the claims alone.
import { type ReleasePhase, releasePhases } from '../fleet/application.ts';
import { type Phase, phases } from '../fleet/types.ts';
import { type Claims, claimOf } from './claims.ts';
import { isLike, isNegated, type Mismatch, matchesLike } from './trust-conditions.ts';

/** Where the role was named, and for what. */
export type RoleOrigin = {
  readonly phase: Phase | ReleasePhase;
  /** `roles.deploy`, `environments.prod.roles.release`, or `input role-to-assume`. */
  readonly key: string;
  /** `environments/sit.yml` or `applications/envelope.yml`; undefined for an input. */
  readonly file: string | undefined;
};

/** A role and where it was named, as far as is known. */
export type NamedRole = { readonly roleArn: string; readonly origin: RoleOrigin | undefined };

/** `roles.deploy in environments/sit.yml`; every place that it can be where nobody said. */
export const placeOf = (origin: RoleOrigin | undefined): string =>
  origin
    ? `${origin.key}${origin.file === undefined ? '' : ` in ${origin.file}`}`
    : 'roles in the environment manifest or input role-to-assume';

const nameOf = (roleArn: string): string => roleArn.split('/').at(-1) ?? roleArn;

/** What to change, for the first mismatch that is known to mean something. */
export const culpritIn = (mismatches: readonly Mismatch[], claims: Claims, role: NamedRole): string => {
  const [first] = mismatches;
  const known = order.flatMap((name) =>
    mismatches.filter(({ claim }) => claim === name).flatMap((mismatch) => judgeOne(mismatch, claims) ?? []),
  );
  const culprit =
    known[0] ??
    (first ? `Correct ${first.claim || first.condition} in the role's trust policy; see below.` : checkAll);
  const question = askWhichRole(role);
  return question ? `${question} If it is: ${culprit}` : culprit;
};

/** Without the trust policy: AWS answers the same for a role that is not there, so that comes first. */
export const guessCulprit = (claims: Claims, role: NamedRole): string => {
  const sub = claimOf(claims, 'sub') ?? '';
  const guesses = [
    ...(claimOf(claims, 'environment') === undefined && role.origin?.phase !== 'plan' ? [noEnvironment] : []),
    ...(claimOf(claims, 'job_workflow_ref') === undefined ? [noWorkflow] : []),
    ...(stripIds(sub) === sub ? [] : [`${idForm(sub)}.`]),
  ];
  const account = role.roleArn.split(':')[4] ?? '';
  return [
    `First: is there a role ${nameOf(role.roleArn)} in account ${account}? AWS says the same of one that is missing.`,
    askWhichRole(role),
    checkAll,
    guesses.length ? `It may be that ${guesses.join(' Or: ')}` : '',
  ]
    .filter(Boolean)
    .join(' ');
};

const checkAll =
  "Compare the role's trust policy with this job's claims: provider, aud, sub and every other condition must match.";

/** A role whose name ends with another phase's is more likely the wrong role than one that trusts too little. */
const askWhichRole = ({ roleArn, origin }: NamedRole): string => {
  const name = nameOf(roleArn);
  const named = [...phases, ...releasePhases].find((phase) => name.toLowerCase().endsWith(phase));
  return origin === undefined || named === undefined || named === origin.phase
    ? ''
    : `${origin.key} names ${name}: is that the role of this phase (${origin.phase})?`;
};

const noEnvironment =
  'the token has no environment claim, because the job names no `environment:`; a job that calls a reusable workflow cannot, so the called job has to.';

const noWorkflow = 'the token has no job_workflow_ref claim, so no condition on it is ever met.';

type Judge = (mismatch: Mismatch, claims: Claims) => string | undefined;

const judgeOne: Judge = (mismatch, claims) => {
  const { condition, claim, found } = mismatch;
  if (condition === 'Deny')
    return 'A Deny statement of the trust policy holds for this job: look at its conditions.';
  if (isNegated(condition)) return `The trust policy shuts out ${claim} ${found ?? '(none)'} (${condition}).`;
  return judges[claim]?.(mismatch, claims);
};

const judgeWorkflow: Judge = ({ condition, asked, found }) => {
  if (found === undefined) return sentence(noWorkflow);
  const path = found.split('@')[0] ?? '';
  const isPath = (value: string): boolean =>
    isLike(condition) ? matchesLike(value.split('@')[0] ?? '', path) : value.split('@')[0] === path;
  return asked.some(isPath)
    ? `The workflow is the right one at another ref (${found}): let StringLike take ${path}@*.`
    : `The job is of another workflow: ${found}; the role trusts ${asked.join(' or ')}. Use the role that is meant for this workflow, or run the one that this role names.`;
};

const judges: Readonly<Record<string, Judge>> = {
  aud: ({ found = 'nobody' }) =>
    `The token is for ${found}: name that audience in the trust policy and in the account's OIDC identity provider.`,
  repository_id: ({ found = '(none)' }) =>
    `The job is of the repository with id ${found}; a copy, or one made anew under the old name, has another id than the one trusted.`,
  environment: ({ asked, found }) =>
    found === undefined
      ? `${sentence(noEnvironment)} The role trusts the environment ${asked.join(' or ')}.`
      : `The job runs in the GitHub environment ${found}; the role trusts ${asked.join(' or ')}.`,
  job_workflow_ref: judgeWorkflow,
  sub: (mismatch, claims) => judgeSub(mismatch, claims),
};

type Subject = { readonly repository: string; readonly context: string };

/** `repo:owner/name:context`; a pattern may end anywhere. */
const subjectOf = (text: string): Subject => {
  const [, repository = '', context = ''] = /^repo:([^:]*):?(.*)$/s.exec(stripIds(text)) ?? [];
  return { repository, context };
};

/** GitHub's form with ids, and a pattern of it, as the form without. */
const stripIds = (text: string): string =>
  text
    .replace(/^(repo:[^/:@]+)(?:@[^/:]*)?\/([^/:@]+)@[^/:]*/, '$1/$2')
    .replace(/^(repo:[^/:@]+)@[^/:]*/, '$1');

const idForm = (sub: string): string =>
  `the sub has GitHub's form with ids (repositories made, renamed or moved since 15 July 2026): a trust policy that takes ${stripIds(sub)} has to take ${sub} as well`;

/** Ids are to blame only where nothing else is: a value that fits once they are gone from both sides. */
const judgeSub = ({ condition, asked, found }: Mismatch, claims: Claims): string => {
  if (found === undefined) return 'The token has no sub that could be read.';
  const fits = (value: string, text: string): boolean =>
    isLike(condition) ? matchesLike(value, text) : value === text;
  const isMeant = (value: string): boolean =>
    /[*?]/.test(value) && matchesLike(stripIds(value), stripIds(found));
  if (!isLike(condition) && asked.some(isMeant))
    return `${condition} takes * and ? of the sub for themselves: write StringLike.`;
  const alike = asked.filter((value) => fits(stripIds(value), stripIds(found)));
  if (alike.length) return judgeIds(alike, found);
  if (asked.some((value) => fits(stripIds(value).toLowerCase(), stripIds(found).toLowerCase())))
    return `The sub differs from the trust policy only in upper and lower case: write it as the claim has it, ${found}.`;
  const lacks =
    claimOf(claims, 'environment') === undefined && asked.some((value) => value.includes(':environment:'));
  return [judgeContext(asked, found), ...(lacks ? [sentence(noEnvironment)] : [])].join(' ');
};

const judgeIds = (alike: readonly string[], found: string): string => {
  if (stripIds(found) === found) return `The trust policy takes only the sub with ids; add ${found}.`;
  return alike.some((value) => stripIds(value) === value)
    ? `${sentence(idForm(found))}.`
    : `The ids in the sub are others than the trust policy's: the repository was copied, or made anew under the old name. Where it is the one meant, name ${found}.`;
};

const judgeContext = (asked: readonly string[], found: string): string => {
  const own = subjectOf(found);
  const same = asked
    .map(subjectOf)
    .filter(({ repository }) => matchesLike(repository.toLowerCase(), own.repository.toLowerCase()));
  if (same.length === 0)
    return `The job is of the repository ${own.repository}; the role trusts ${list(asked.map((value) => subjectOf(value).repository || value))}.`;
  return `The job runs as ${own.context}; the role trusts ${list(same.map(({ context }) => context))}. Use the role that is meant for such a job.`;
};

const list = (values: readonly string[]): string => [...new Set(values)].join(' or ');

/** A claim that tells more comes first: a sub differs as a consequence of environment, mostly. */
const order = Object.keys(judges);

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
