// STS said no: what that means, what the job claims, what the role asks for, and what to change. Never the token.
import { fill, findAll } from '../diagnose/find.ts';
import { assumeRules, roleDenied, trustSteps } from '../diagnose/rules/credentials-oidc.ts';
import { Cancelled, Failed, Refused } from '../errors.ts';
import { isTransient } from '../wait.ts';
import { type Claims, claimLines, claimOf, readClaims, shownClaims } from './claims.ts';
import { culpritIn, guessCulprit, type NamedRole, placeOf, type RoleOrigin } from './culprit.ts';
import { Passing } from './retry.ts';
import { type Comparison, compareClaims } from './trust.ts';

export type Refusal = {
  readonly roleArn: string;
  readonly token: string;
  readonly readTrust: () => Promise<string | undefined>;
  readonly origin?: RoleOrigin | undefined;
};

/** An error of our own for whatever STS said: the SDK's keep the whole answer, and an answer may quote the token. */
export const explainRefusal = async (error: unknown, refusal: Refusal): Promise<unknown> => {
  if (!(error instanceof Error) || error instanceof Cancelled || error instanceof Refused) return error;
  if (/^AccessDenied/.test(error.name)) return explainDenied(refusal);
  const what = `AWS gave no session of ${refusal.roleArn}: ${error.name}: ${error.message.replaceAll(refusal.token, '***')}`;
  if (isPassing(error))
    return new Passing(
      new Failed(
        what,
        'It did not pass within several tries. Look at the network, the proxy and the AWS Health Dashboard, then run again.',
      ),
    );
  const [finding] = findAll(assumeRules, { name: error.name, facts: {} });
  const told = finding && [finding.cause, ...finding.fix].join(' ');
  return new Failed(what, told ?? 'Put right what the message names, then run again.');
};

/** Network, throttling, 5xx, and AWS not reaching GitHub, which STS calls a 400; never a refusal. */
const isPassing = (error: Error): boolean => {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return isTransient(error) || /^IDPCommunicationError/.test(error.name) || $metadata?.httpStatusCode === 429;
};

const explainDenied = async ({ roleArn, token, readTrust, origin }: Refusal): Promise<Failed> => {
  const claims = readClaims(token);
  const reading = await compareWith(readTrust, claims);
  const what = fill(roleDenied.cause, { roleArn, place: placeOf(origin) });
  const known = { claims, role: { roleArn, origin } };
  if (typeof reading === 'string') return failUnread(what, reading, known);
  const { verdict, mismatches, warnings } = reading;
  if (verdict === 'denied')
    return new Failed(what, culpritIn(mismatches, claims, known.role), [
      "This job's claims, and what the role's trust policy asks for:",
      ...compared(claims, reading),
      ...warnings,
    ]);
  const fix =
    verdict === 'accepted'
      ? 'Its trust policy takes these claims, so something else denies it: a policy of the organization (SCP or RCP) on sts:AssumeRoleWithWebIdentity, or a change of the role seconds ago. Run again in a minute.'
      : 'Whether its trust policy lets this job in hangs on conditions that no token answers: look at those first; see below.';
  return new Failed(what, fix, ["This job's claims:", ...claimLines(claims), ...warnings]);
};

type Known = { readonly claims: Claims; readonly role: NamedRole };

const failUnread = (what: string, reason: string, { claims, role }: Known): Failed =>
  new Failed(what, guessCulprit(claims, role), [
    "This job's claims:",
    ...claimLines(claims),
    reason,
    'Compare them with the trust policy:',
    ...checklist,
  ]);

/** A comparison, or why there is none. */
const compareWith = async (readTrust: Refusal['readTrust'], claims: Claims): Promise<Comparison | string> => {
  try {
    const trust = await readTrust();
    return trust === undefined ? unread : compareClaims(trust, claims);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return error instanceof Error && /^NoSuchEntity/.test(error.name) ? missing : unread;
  }
};

const unread =
  "The role's trust policy could not be read: that takes credentials in the job's environment that may iam:GetRole.";

const missing = "iam:GetRole with the credentials in the job's environment finds no role of this name.";

const compared = (claims: Claims, { mismatches }: Comparison): readonly string[] => {
  const names = [...new Set([...shownClaims, ...mismatches.map(({ claim }) => claim).filter(Boolean)])];
  return [
    ...names.map((name) => {
      const asked = mismatches.filter(({ claim }) => claim === name);
      const wants = asked.map(({ condition, asked: values }) => `${condition} ${values.join(' or ')}`);
      return `${name}: ${claimOf(claims, name) ?? '(none)'}${wants.length ? ` <- differs: ${wants.join('; ')}` : ''}`;
    }),
    ...mismatches
      .filter(({ claim }) => !claim)
      .map(
        ({ condition, asked, found }) =>
          `${condition}: ${asked.join(' or ') || '(none)'} <- must name ${found}`,
      ),
  ];
};

const checklist = trustSteps.map((step, index) => `${index + 1}. ${step}`);
