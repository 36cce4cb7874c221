// Conditions of policies. An operator that the sandbox does not know is refused when the policy is written, so that no
// condition is passed over in silence.
import { AwsError } from '../cloud.ts';
import { expand, type Keys, matchesArn, matchesWildcard } from './policy-patterns.ts';

export const malformed = (why: string): AwsError => new AwsError('MalformedPolicyDocument', why);

type Comparison = {
  readonly matches: (pattern: string, value: string) => boolean;
  readonly negated: boolean;
};

export type Condition = {
  readonly comparison: Comparison | 'null';
  /** `ForAnyValue:` and `ForAllValues:`. */
  readonly quantifier: 'none' | 'any' | 'all';
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly string[];
};

const is = (matches: Comparison['matches']): Comparison => ({ matches, negated: false });
const isNot = (matches: Comparison['matches']): Comparison => ({ matches, negated: true });

const same = (pattern: string, value: string): boolean => pattern === value;
const sameText = (pattern: string, value: string): boolean => pattern.toLowerCase() === value.toLowerCase();
const number =
  (holds: (value: number, limit: number) => boolean) =>
  (pattern: string, value: string): boolean =>
    holds(Number(value), Number(pattern));

const comparisons: Readonly<Record<string, Comparison | 'null'>> = {
  StringEquals: is(same),
  StringNotEquals: isNot(same),
  StringEqualsIgnoreCase: is(sameText),
  StringNotEqualsIgnoreCase: isNot(sameText),
  StringLike: is(matchesWildcard),
  StringNotLike: isNot(matchesWildcard),
  // ArnEquals and ArnLike behave alike at AWS.
  ArnEquals: is(matchesArn),
  ArnLike: is(matchesArn),
  ArnNotEquals: isNot(matchesArn),
  ArnNotLike: isNot(matchesArn),
  Bool: is(sameText),
  NumericEquals: is(number((value, limit) => value === limit)),
  NumericNotEquals: isNot(number((value, limit) => value === limit)),
  NumericLessThan: is(number((value, limit) => value < limit)),
  NumericLessThanEquals: is(number((value, limit) => value <= limit)),
  NumericGreaterThan: is(number((value, limit) => value > limit)),
  NumericGreaterThanEquals: is(number((value, limit) => value >= limit)),
  Null: 'null',
};

const quantifiers = { 'ForAnyValue:': 'any', 'ForAllValues:': 'all' } as const;

/** Throws MalformedPolicyDocument for an operator that the sandbox does not know. */
export const readCondition = (operator: string, key: string, values: readonly string[]): Condition => {
  const [, prefix, name = '', suffix] =
    /^(ForAnyValue:|ForAllValues:)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const comparison = comparisons[name];
  if (!comparison || (comparison === 'null' && (prefix || suffix)))
    throw malformed(`The sandbox does not evaluate the condition operator ${operator}.`);
  return {
    comparison,
    quantifier: prefix ? quantifiers[prefix as keyof typeof quantifiers] : 'none',
    ifExists: suffix !== undefined,
    key: key.toLowerCase(),
    values,
  };
};

/** An absent key: no value can differ from what is wanted, so negated operators and ForAllValues hold, as at AWS. */
const holdsWithoutKey = (comparison: Comparison, { quantifier, ifExists }: Condition): boolean =>
  ifExists || quantifier === 'all' || (quantifier === 'none' && comparison.negated);

export const conditionHolds = (condition: Condition, keys: Keys): boolean => {
  const { comparison, quantifier, key, values } = condition;
  const given = keys.get(key) ?? [];
  if (comparison === 'null') return values.some((value) => (value === 'true') === (given.length === 0));
  if (given.length === 0) return holdsWithoutKey(comparison, condition);
  const patterns = values.flatMap((value) => expand(value, keys) ?? []);
  const passes = (value: string): boolean =>
    patterns.some((pattern) => comparison.matches(pattern, value)) !== comparison.negated;
  const needsEvery = quantifier === 'all' || (quantifier === 'none' && comparison.negated);
  return needsEvery ? given.every(passes) : given.some(passes);
};
