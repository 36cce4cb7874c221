// A CloudFormation template as values: parameters filled in, conditions decided, intrinsic functions evaluated. What this
// file does not know is an error that names it.
import { type CollectionTag, parse, type ScalarTag, type Tags } from 'yaml';

type Json = Readonly<Record<string, unknown>>;

export type Resource = { readonly type: string; readonly properties: Json };

export type Deployment = {
  readonly accountId: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What `Ref` gives of a resource, and `GetAtt` of its attribute. */
  readonly refer: (resource: Resource, attribute: string | undefined) => string;
};

export type Evaluated = {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, string>>;
};

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const section = (template: Json, name: string): Json => {
  const value = template[name] ?? {};
  if (!isJson(value)) throw new Error(`${name} of the template is no map.`);
  return value;
};

// The tags that CloudFormation's YAML has for its functions, read as the long form.
const functions = ['Ref', 'Sub', 'If', 'Equals', 'Not', 'And', 'Or', 'GetAtt', 'Join', 'Condition'] as const;
const longName = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const tags = functions.flatMap((name): (ScalarTag | CollectionTag)[] => {
  const wrap = (value: unknown): Json => ({ [longName(name)]: value });
  const collection = { tag: `!${name}`, identify: () => false };
  return [
    { ...collection, resolve: (text) => wrap(text) },
    { ...collection, collection: 'seq', resolve: (seq) => wrapLater(longName(name), seq) },
  ];
});

/** A sequence's items are nodes while the document is read; they become values when it is turned into some. */
const wrapLater = (name: string, seq: unknown): unknown => {
  const node = seq as { toJSON: (...given: readonly unknown[]) => unknown };
  const items = node.toJSON.bind(node);
  return Object.assign(node, { toJSON: (...given: readonly unknown[]) => ({ [name]: items(...given) }) });
};

const pseudo = ({ accountId, region }: Deployment): Readonly<Record<string, string>> => ({
  'AWS::AccountId': accountId,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
});

const noValue = Symbol('AWS::NoValue');

const checkParameters = (declared: Json, given: Readonly<Record<string, string>>): void => {
  const strange = Object.keys(given).filter((name) => !(name in declared));
  if (strange.length > 0) throw new Error(`The template has no parameter ${strange.join(', ')}.`);
  for (const [name, raw] of Object.entries(declared)) {
    const rules = raw as Rules;
    const whole = given[name] ?? rules.Default;
    if (whole === undefined) throw new Error(`Parameter ${name} has no default and must be given.`);
    for (const value of valuesOf(rules, whole)) checkValue(name, value, rules);
  }
};

type Rules = {
  readonly Type?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly Default?: string;
};

/** A list's rules hold for each of its values, which may have blanks around them. */
const valuesOf = ({ Type }: Rules, value: string): readonly string[] =>
  Type === 'CommaDelimitedList' ? value.split(',').map((each) => each.trim()) : [value];

const checkValue = (name: string, value: string, { AllowedPattern, AllowedValues }: Rules): void => {
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
    throw new Error(`Parameter ${name}: '${value}' does not match ${AllowedPattern}.`);
  if (AllowedValues && !AllowedValues.includes(value))
    throw new Error(`Parameter ${name}: '${value}' is none of ${AllowedValues.join(', ')}.`);
};

type Scope = {
  readonly template: Json;
  readonly deployment: Deployment;
  readonly extra: Readonly<Record<string, string>>;
};

const evaluate = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value))
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== noValue);
  if (!isJson(value)) return value;
  const [[name, given] = ['', undefined], ...rest] = Object.entries(value);
  if (rest.length === 0 && (name.startsWith('Fn::') || name === 'Ref' || name === 'Condition'))
    return call(name, given, scope);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, evaluate(item, scope)] as const)
      .filter(([, item]) => item !== noValue),
  );
};

const call = (name: string, given: unknown, scope: Scope): unknown => {
  const list = (): readonly unknown[] => (Array.isArray(given) ? given : [given]);
  const truths = (): readonly boolean[] => list().map((item) => evaluate(item, scope) === true);
  switch (name) {
    case 'Ref':
      return refer(String(given), undefined, scope);
    case 'Condition':
      return decide(String(given), scope);
    case 'Fn::GetAtt': {
      const [id = '', attribute = ''] = typeof given === 'string' ? given.split('.') : list().map(String);
      return refer(id, attribute, scope);
    }
    case 'Fn::Sub':
      return substitute(list(), scope);
    case 'Fn::If':
      return evaluate(list()[decide(String(list()[0]), scope) ? 1 : 2], scope);
    case 'Fn::Equals':
      return evaluate(list()[0], scope) === evaluate(list()[1], scope);
    case 'Fn::Not':
      return !truths()[0];
    case 'Fn::And':
      return truths().every(Boolean);
    case 'Fn::Or':
      return truths().some(Boolean);
    default:
      throw new Error(`The sandbox does not evaluate ${name}.`);
  }
};

const decide = (name: string, scope: Scope): boolean => {
  const conditions = section(scope.template, 'Conditions');
  if (!(name in conditions)) throw new Error(`The template has no condition ${name}.`);
  return evaluate(conditions[name], scope) === true;
};

const substitute = ([text, extra]: readonly unknown[], scope: Scope): string => {
  const added = isJson(extra) ? (evaluate(extra, scope) as Readonly<Record<string, string>>) : {};
  const filled = String(text).replace(/\$\{([^!][^}]*)\}/g, (_, name: string) => {
    const [id = '', attribute] = name.split('.');
    const value = refer(id, attribute, { ...scope, extra: added });
    if (typeof value !== 'string') throw new Error(`Fn::Sub takes no list, and ${name} is one.`);
    return value;
  });
  // An exclamation mark keeps what follows from being filled in.
  return filled.replaceAll(/\$\{!/g, () => '${');
};

const refer = (name: string, attribute: string | undefined, scope: Scope): string | readonly string[] => {
  const { template, deployment, extra } = scope;
  const declared = section(template, 'Parameters');
  if (name === 'AWS::NoValue') return noValue as unknown as string;
  if (name in declared) {
    const rules = declared[name] as Rules;
    const whole = deployment.parameters[name] ?? String(rules.Default);
    return rules.Type === 'CommaDelimitedList' ? valuesOf(rules, whole) : whole;
  }
  const known = extra[name] ?? pseudo(deployment)[name];
  if (known !== undefined) return known;
  const resource = section(template, 'Resources')[name];
  if (!isJson(resource)) throw new Error(`The template refers to ${name}, which the sandbox does not know.`);
  return deployment.refer(resourceOf(resource, scope), attribute);
};

const resourceOf = (raw: Json, scope: Scope): Resource => ({
  type: String(raw.Type),
  properties: evaluate(raw.Properties ?? {}, { ...scope, extra: {} }) as Json,
});

/** Throws Error for what the template lacks and for what the sandbox does not know. */
export const evaluateTemplate = (text: string, deployment: Deployment): Evaluated => {
  const customTags: Tags = tags;
  const template = parse(text, { customTags, logLevel: 'error' }) as Json;
  checkParameters(section(template, 'Parameters'), deployment.parameters);
  const scope: Scope = { template, deployment, extra: {} };
  const resources = Object.entries(section(template, 'Resources')).filter(
    ([, raw]) => isJson(raw) && (raw.Condition === undefined || decide(String(raw.Condition), scope)),
  );
  const outputs = Object.entries(section(template, 'Outputs'));
  return {
    resources: Object.fromEntries(resources.map(([id, raw]) => [id, resourceOf(raw as Json, scope)])),
    outputs: Object.fromEntries(
      outputs.map(([id, raw]) => [id, String(evaluate((raw as Json).Value, scope))]),
    ),
  };
};
