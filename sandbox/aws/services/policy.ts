// IAM policy documents: read strictly, and decided as IAM decides: an explicit Deny wins, otherwise an Allow is needed.
import { AwsError } from '../cloud.ts';

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly conditions: Conditions;
};

const malformed = (why: string): AwsError => new AwsError('MalformedPolicyDocument', why);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: unknown, what: string): readonly string[] => {
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item): item is string => typeof item === 'string'))
    throw malformed(`Syntax errors in policy: ${what}.`);
  return list;
};

const record = <T>(value: unknown, read: (item: unknown) => T): Readonly<Record<string, T>> =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)])) : {};

const known = new Set([
  'Sid',
  'Effect',
  'Action',
  'Resource',
  'Principal',
  'Condition',
  'NotAction',
  'NotResource',
]);

const readStatement = (value: unknown): Statement => {
  if (!isRecord(value)) throw malformed('Syntax errors in policy: a statement must be an object.');
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  if (unknown.length > 0) throw malformed(`Syntax errors in policy: unknown ${unknown.join(', ')}.`);
  const { Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw malformed('Syntax errors in policy: Effect must be Allow or Deny.');
  if ('NotAction' in value || 'NotResource' in value)
    throw malformed('The sandbox does not evaluate NotAction and NotResource.');
  const actions = texts(value.Action, 'Action');
  if (actions.some((action) => action !== '*' && !/^[a-z0-9-]+:[A-Za-z*?]+$/.test(action)))
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  return {
    effect,
    actions,
    resources: 'Resource' in value ? texts(value.Resource, 'Resource') : [],
    principals: record(value.Principal, (item) => texts(item, 'Principal')),
    conditions: record(value.Condition, (item) => record(item, (one) => texts(one, 'Condition'))),
  };
};

const readDocument = (document: string): unknown => {
  try {
    return JSON.parse(document);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
};

const readStatements = (document: string): readonly Statement[] => {
  const policy = readDocument(document);
  if (!isRecord(policy) || !('Statement' in policy)) throw malformed('Syntax errors in policy.');
  const version = policy.Version;
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17')
    throw malformed('The policy must contain a valid version string.');
  const statements = policy.Statement;
  return (Array.isArray(statements) ? statements : [statements]).map(readStatement);
};

/** An identity policy; throws MalformedPolicyDocument. */
export const parsePolicy = (document: string): readonly Statement[] => {
  const statements = readStatements(document);
  if (statements.some(({ resources }) => resources.length === 0))
    throw malformed('Policy statement must contain resources.');
  const bad = statements
    .flatMap(({ resources }) => resources)
    .find((resource) => resource !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+/.test(resource));
  if (bad !== undefined) throw malformed(`Resource ${bad} must be in ARN format or "*".`);
  return statements;
};

/** A role's trust policy; throws MalformedPolicyDocument. */
export const parseTrustPolicy = (document: string): readonly Statement[] => readStatements(document);

/** `*` and `?` as policies and StringLike know them. */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(text);
};

export const allowsAction = (
  policies: readonly (readonly Statement[])[],
  { action, resource }: { readonly action: string; readonly resource: string },
): boolean => {
  const hits = policies
    .flat()
    .filter(
      (statement) =>
        statement.actions.some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())) &&
        statement.resources.some((pattern) => matchesWildcard(pattern, resource)),
    );
  return hits.some(({ effect }) => effect === 'Allow') && !hits.some(({ effect }) => effect === 'Deny');
};

/** Whether string conditions hold for `values`; an operator that the sandbox does not know holds never. */
export const conditionsHold = (conditions: Conditions, values: Readonly<Record<string, string>>): boolean =>
  Object.entries(conditions).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, patterns]) => {
      const value = values[key];
      if (value === undefined) return false;
      if (operator === 'StringEquals') return patterns.includes(value);
      return operator === 'StringLike' && patterns.some((pattern) => matchesWildcard(pattern, value));
    }),
  );
