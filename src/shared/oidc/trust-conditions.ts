// One condition of a trust policy against a job's claims. Keys and operators are IAM's.
import { type Claims, claimOf } from './claims.ts';

export type Condition = {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
};

export type Mismatch = {
  /** The operator, or the part of the statement that does not fit. */
  readonly condition: string;
  /** Empty where the statement asks for no claim. */
  readonly claim: string;
  readonly asked: readonly string[];
  /** Undefined: the token has no such claim. */
  readonly found: string | undefined;
};

export type JudgedCondition = {
  readonly mismatch?: Mismatch;
  /** Why a token cannot tell whether it holds. */
  readonly unsure?: string;
  readonly warnings: readonly string[];
};

const prefix = 'token.actions.githubusercontent.com:';

/** GitHub's claims that IAM knows as condition keys; one on any other claim meets nothing. */
const conditionKeys = [
  'sub',
  'aud',
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'workflow',
];

type Operator = {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly negated: boolean;
  readonly compare: 'Equals' | 'EqualsIgnoreCase' | 'Like';
  readonly ifExists: boolean;
};

export const judgeCondition = (condition: Condition, claims: Claims): JudgedCondition => {
  const { key, values } = condition;
  const operator = readOperator(condition.operator);
  // IAM compares the names of keys without regard to case.
  const name = key.toLowerCase();
  if (!operator || !name.startsWith(prefix))
    return { unsure: `${condition.operator} on ${key} asks for more than a token says`, warnings: [] };
  const claim = name.slice(prefix.length);
  const known = conditionKeys.includes(claim);
  const found = known ? claimOf(claims, claim) : undefined;
  const warnings = [
    ...(known ? [] : [`${claim} is no condition key of IAM, so a condition on it is never met.`]),
    ...(operator.set === 'ForAllValues'
      ? [
          `ForAllValues on ${claim} holds for a token without that claim, so it protects nothing; write ${condition.operator.replace('ForAllValues:', '')}.`,
        ]
      : []),
    ...(operator.compare !== 'Like' && values.some((value) => /[*?]/.test(value))
      ? [`${condition.operator} on ${claim} takes * and ? for themselves; write StringLike.`]
      : []),
  ];
  const holds = found === undefined ? holdsWithout(operator) : holdsFor(operator, values, found);
  return holds
    ? { warnings }
    : { mismatch: { condition: condition.operator, claim, asked: values, found }, warnings };
};

const readOperator = (text: string): Operator | undefined => {
  const parts =
    /^(?:(ForAllValues|ForAnyValue):)?String(Not)?(EqualsIgnoreCase|Equals|Like)(IfExists)?$/.exec(text);
  if (!parts) return undefined;
  return {
    set: parts[1] as Operator['set'],
    negated: parts[2] !== undefined,
    compare: parts[3] as Operator['compare'],
    ifExists: parts[4] !== undefined,
  };
};

/** A missing key fails a plain condition and meets a negated one, `IfExists` and `ForAllValues`. */
const holdsWithout = ({ set, negated, ifExists }: Operator): boolean =>
  ifExists || set === 'ForAllValues' || (negated && set === undefined);

const holdsFor = ({ compare, negated }: Operator, values: readonly string[], found: string): boolean =>
  values.some((value) => matches[compare](value, found)) !== negated;

/** Whether `pattern` with IAM's `*` and `?` takes all of `found`. */
export const matchesLike = (pattern: string, found: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(found);

const matches: Readonly<Record<Operator['compare'], (value: string, found: string) => boolean>> = {
  Equals: (value, found) => value === found,
  EqualsIgnoreCase: (value, found) => value.toLowerCase() === found.toLowerCase(),
  Like: matchesLike,
};

export const isLike = (operator: string): boolean => readOperator(operator)?.compare === 'Like';

export const isNegated = (operator: string): boolean => readOperator(operator)?.negated ?? false;
