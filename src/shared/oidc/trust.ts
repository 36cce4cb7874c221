// A role's trust policy held against a job's claims, as IAM would: which condition fails, and on which claim.
import { type Claims, claimOf } from './claims.ts';
import { judgeCondition, type Mismatch } from './trust-conditions.ts';

export type Comparison = {
  /** `unsure`: what can be judged holds, but some condition asks for more than a token says. */
  readonly verdict: 'accepted' | 'denied' | 'unsure';
  /** Of the statement that comes closest; empty where it is accepted. */
  readonly mismatches: readonly Mismatch[];
  /** What is wrong with the policy whatever the claims are. */
  readonly warnings: readonly string[];
};

type Statement = {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
};

type Judged = Omit<Comparison, 'verdict'> & { readonly unsure: readonly string[] };

/** `trustPolicy` is the policy's JSON. A claim that the token lacks meets no condition, as in IAM. */
export const compareClaims = (trustPolicy: string, claims: Claims): Comparison => {
  const statements = readStatements(trustPolicy);
  const judged = statements.map((statement) => ({ statement, judged: judge(statement, claims) }));
  const warnings = [...new Set(judged.flatMap((each) => each.judged.warnings))];
  const applies = ({ judged: { mismatches } }: (typeof judged)[number]): boolean => mismatches.length === 0;
  const denies = judged.filter(({ statement }) => statement.Effect === 'Deny').filter(applies);
  if (denies.length)
    return {
      verdict: denies.every((each) => each.judged.unsure.length) ? 'unsure' : 'denied',
      mismatches: [
        {
          condition: 'Deny',
          claim: 'sub',
          asked: ['(a Deny statement holds)'],
          found: claimOf(claims, 'sub'),
        },
      ],
      warnings: [...warnings, ...denies.flatMap(({ judged: { unsure } }) => unsure)],
    };
  const allows = judged
    .filter(({ statement }) => statement.Effect === 'Allow')
    .map((each) => each.judged)
    .sort((a, b) => a.mismatches.length - b.mismatches.length || a.unsure.length - b.unsure.length);
  const [nearest] = allows;
  if (!nearest) return { verdict: 'denied', mismatches: [noStatement], warnings };
  if (nearest.mismatches.length)
    return { verdict: 'denied', mismatches: joinAlike(nearest, allows), warnings };
  return {
    verdict: nearest.unsure.length ? 'unsure' : 'accepted',
    mismatches: [],
    warnings: [...warnings, ...nearest.unsure],
  };
};

/** Statements that fail on the same one thing are one with several values: any of them would have done. */
const joinAlike = ({ mismatches }: Judged, allows: readonly Judged[]): readonly Mismatch[] => {
  const [only, ...more] = mismatches;
  if (!only || more.length) return mismatches;
  const alike = allows
    .filter((each) => each.mismatches.length === 1)
    .flatMap((each) => each.mismatches)
    .filter(({ condition, claim }) => condition === only.condition && claim === only.claim);
  return [{ ...only, asked: [...new Set(alike.flatMap(({ asked }) => asked))] }];
};

const noStatement: Mismatch = {
  condition: 'Statement',
  claim: '',
  asked: [],
  found: 'sts:AssumeRoleWithWebIdentity',
};

const readStatements = (trustPolicy: string): readonly Statement[] => {
  const policy = JSON.parse(trustPolicy) as { readonly Statement?: unknown };
  return listOf(policy.Statement) as readonly Statement[];
};

export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const judge = (statement: Statement, claims: Claims): Judged => {
  const conditions = entriesOf(statement.Condition).flatMap(([operator, keys]) =>
    entriesOf(keys).map(([key, values]) =>
      judgeCondition({ operator, key, values: listOf(values).map(String) }, claims),
    ),
  );
  return {
    mismatches: [
      ...mismatchedAction(statement),
      ...mismatchedPrincipal(statement),
      ...conditions.flatMap(({ mismatch }) => mismatch ?? []),
    ],
    warnings: conditions.flatMap(({ warnings }) => warnings),
    unsure: conditions.flatMap(({ unsure }) => unsure ?? []),
  };
};

const entriesOf = (value: unknown): readonly [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const mismatchedAction = ({ Action }: Statement): readonly Mismatch[] => {
  const actions = listOf(Action).map(String);
  const covers = actions.some((action) =>
    ['*', 'sts:*', 'sts:assumerole*', 'sts:assumerolewithwebidentity'].includes(action.toLowerCase()),
  );
  if (covers) return [];
  return [{ condition: 'Action', claim: '', asked: actions, found: 'sts:AssumeRoleWithWebIdentity' }];
};

const provider = 'oidc-provider/token.actions.githubusercontent.com';

const mismatchedPrincipal = ({ Principal }: Statement): readonly Mismatch[] => {
  const federated = entriesOf(Principal)
    .filter(([kind]) => kind === 'Federated')
    .flatMap(([, arns]) => listOf(arns).map(String));
  if (federated.some((arn) => arn.endsWith(`:${provider}`))) return [];
  return [{ condition: 'Principal', claim: '', asked: federated, found: provider }];
};
