// IAM policy documents: read strictly, and decided as IAM decides: an explicit Deny wins, otherwise an Allow is needed.
import { type Condition, conditionHolds, malformed, readCondition } from './policy-conditions.ts';
import { expand, type Keys, matchesWildcard } from './policy-patterns.ts';

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
type Matcher = { readonly negated: boolean; readonly patterns: readonly string[] };

export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Matcher;
  readonly resources: Matcher;
  /** By kind: AWS, Federated, Service; `*` alone is AWS. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly conditions: readonly Condition[];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: unknown, what: string): readonly string[] => {
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item) => ['string', 'boolean', 'number'].includes(typeof item)))
    throw malformed(`Syntax errors in policy: ${what}.`);
  return list.map(String);
};

const known = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'Condition',
]);

type Raw = Readonly<Record<string, unknown>>;

const readMatcher = (value: Raw, name: 'Action' | 'Resource'): Matcher => {
  const negated = `Not${name}` in value;
  if (negated && name in value) throw malformed(`Syntax errors in policy: ${name} and Not${name}.`);
  const given = negated ? value[`Not${name}`] : value[name];
  return { negated, patterns: given === undefined ? [] : texts(given, name) };
};

const readPrincipals = (value: unknown): Statement['principals'] => {
  if (value === undefined) return {};
  if (value === '*') return { AWS: ['*'] };
  if (!isRecord(value)) throw malformed('Syntax errors in policy: Principal.');
  const unknown = Object.keys(value).filter((kind) => !['AWS', 'Federated', 'Service'].includes(kind));
  if (unknown.length > 0) throw malformed(`Invalid principal in policy: ${unknown.join(', ')}`);
  return Object.fromEntries(Object.entries(value).map(([kind, item]) => [kind, texts(item, 'Principal')]));
};

const readConditions = (value: unknown): readonly Condition[] => {
  if (value === undefined) return [];
  if (!isRecord(value)) throw malformed('Syntax errors in policy: Condition.');
  return Object.entries(value).flatMap(([operator, wanted]) => {
    if (!isRecord(wanted)) throw malformed(`Syntax errors in policy: Condition ${operator}.`);
    return Object.entries(wanted).map(([key, values]) =>
      readCondition(operator, key, texts(values, 'Condition')),
    );
  });
};

const readStatement = (value: unknown): Statement => {
  if (!isRecord(value)) throw malformed('Syntax errors in policy: a statement must be an object.');
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  if (unknown.length > 0) throw malformed(`Syntax errors in policy: unknown ${unknown.join(', ')}.`);
  const { Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw malformed('Syntax errors in policy: Effect must be Allow or Deny.');
  const actions = readMatcher(value, 'Action');
  if (actions.patterns.length === 0) throw malformed('Policy statement must contain actions.');
  if (actions.patterns.some((action) => action !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(action)))
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  return {
    effect,
    actions,
    resources: readMatcher(value, 'Resource'),
    principals: readPrincipals(value.Principal),
    conditions: readConditions(value.Condition),
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

/** An identity policy, a boundary or a session policy; throws MalformedPolicyDocument. */
export const parsePolicy = (document: string): readonly Statement[] => {
  const statements = readStatements(document);
  if (statements.some(({ principals }) => Object.keys(principals).length > 0))
    throw malformed('Policy document should not specify a principal.');
  if (statements.some(({ resources }) => resources.patterns.length === 0))
    throw malformed('Policy statement must contain resources.');
  const bad = statements
    .flatMap(({ resources }) => resources.patterns)
    .find((resource) => resource !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+/.test(resource));
  if (bad !== undefined) throw malformed(`Resource ${bad} must be in ARN format or "*".`);
  return statements;
};

/** A role's trust policy; throws MalformedPolicyDocument. */
export const parseTrustPolicy = (document: string): readonly Statement[] => {
  const statements = readStatements(document);
  if (statements.some(({ principals }) => Object.keys(principals).length === 0))
    throw malformed('AssumeRole policy must contain principals.');
  if (statements.some(({ resources }) => resources.patterns.length > 0))
    throw malformed('Has prohibited field Resource.');
  if (statements.some(({ actions }) => !actions.patterns.every((action) => /^sts:/i.test(action))))
    throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
  return statements;
};

export type Request = { readonly action: string; readonly resource: string; readonly keys: Keys };

export type Verdict = 'allowed' | 'denied' | 'not-allowed';

const verdictOf = (hits: readonly Statement[]): Verdict => {
  if (hits.some(({ effect }) => effect === 'Deny')) return 'denied';
  return hits.length > 0 ? 'allowed' : 'not-allowed';
};

const meets = ({ negated, patterns }: Matcher, matches: (pattern: string) => boolean): boolean =>
  patterns.some(matches) !== negated;

const isAction = (action: string) => (pattern: string) =>
  matchesWildcard(pattern.toLowerCase(), action.toLowerCase());

/** What `statements` together say of a request. */
export const decide = (statements: readonly Statement[], { action, resource, keys }: Request): Verdict =>
  verdictOf(
    statements.filter(
      ({ actions, resources, conditions }) =>
        meets(actions, isAction(action)) &&
        meets(resources, (pattern) => {
          const expanded = expand(pattern, keys);
          return expanded !== undefined && matchesWildcard(expanded, resource);
        }) &&
        conditions.every((condition) => conditionHolds(condition, keys)),
    ),
  );

export type Assumption = {
  readonly action: string;
  /** Kind and every name by which a statement may mean the one who asks. */
  readonly principal: { readonly kind: 'AWS' | 'Federated' | 'Service'; readonly names: readonly string[] };
  readonly keys: Keys;
};

/** Whether a trust policy lets somebody become the role. */
export const trusts = (
  statements: readonly Statement[],
  { action, principal, keys }: Assumption,
): boolean => {
  const hits = statements.filter(
    ({ actions, principals, conditions }) =>
      meets(actions, isAction(action)) &&
      (principals[principal.kind] ?? []).some((name) => principal.names.includes(name)) &&
      conditions.every((condition) => conditionHolds(condition, keys)),
  );
  return verdictOf(hits) === 'allowed';
};
