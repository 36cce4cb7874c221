// `node scripts/infra.ts` writes the policies of infra/github-roles.yml from actions/*/iam.json, between the lines
// `# policies of <actions>` and `# end of policies`; `--check` writes nothing and fails where they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Document, type Node, Scalar, YAMLSeq } from 'yaml';

const given = process.argv.slice(2);
const check = given.includes('--check');
const root = given.find((word) => !word.startsWith('--')) ?? dirname(import.meta.dirname);
const file = 'infra/github-roles.yml';

/** CloudFormation takes no larger template without a bucket, IAM no more inline policy on one role; spaces are free there. */
const templateBytes = 51_200;
const roleCharacters = 10_240;

type Texts = string | readonly string[];
type Statement = {
  readonly Resource: Texts;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
  readonly [key: string]: unknown;
};
type Policy = { readonly Statement: readonly Statement[] };

/** How iam.json and CloudFormation write a place to be filled in. */
const slot = (name: string): string => `\${${name}}`;

/** What iam.json writes with the runbook's names, by the template's parameters. The longer ones first. */
const parameters: readonly (readonly [from: string, to: string])[] = [
  ['arn:aws:', `arn:${slot('AWS::Partition')}:`],
  [slot('Region'), slot('AWS::Region')],
  [slot('Account'), slot('AWS::AccountId')],
  [`${slot('Environment')}-ecs-task-execution-role`, slot('ExecutionRoleName')],
  [`${slot('Environment')}-rds-master-credentials`, slot('MasterSecret')],
  [`${slot('Environment')}-basic-auth`, slot('BasicAuthSecret')],
  [`${slot('Environment')}-cluster`, slot('Cluster')],
  [`/ecs/${slot('Environment')}`, slot('LogGroup')],
  [slot('TaskRole'), slot('TaskRoleName')],
  [slot('Environment'), slot('EnvironmentName')],
];

/** Parameters that may be empty, and the condition that says that one is not. */
const optional: Readonly<Record<string, string>> = {
  [slot('TaskRoleName')]: 'HasTaskRole',
  [slot('BasicAuthSecret')]: 'HasBasicAuthSecret',
};

const problems: string[] = [];

const main = (): void => {
  const before = readFileSync(join(root, file), 'utf8');
  const after = before.replace(
    /^( *)# policies of (.+)\n[\s\S]*?^ *# end of policies$/gm,
    (_, indent: string, actions: string) =>
      `${indent}# policies of ${actions}\n${indented(indent, policiesOf(actions.split(' ')))}${indent}# end of policies`,
  );
  if (Buffer.byteLength(after) > templateBytes)
    problems.push(
      `${file}: has ${Buffer.byteLength(after)} bytes; CloudFormation takes ${templateBytes} without a bucket.`,
    );
  if (check && after !== before)
    problems.push(`${file}: is not what actions/*/iam.json say. Run: npm run docs`);
  if (!check && after !== before) writeFileSync(join(root, file), after);
  if (problems.length === 0) return;
  console.error(problems.join('\n'));
  process.exitCode = 1;
};

/** The role's inline policies as YAML, one for each action that has any. */
const policiesOf = (actions: readonly string[]): string => {
  const policies = actions.flatMap((name) => {
    const policy = readPolicy(name);
    return policy ? [{ name, policy }] : [];
  });
  const size = policies.reduce((sum, { policy }) => sum + JSON.stringify(policy).length, 0);
  // A quarter more than the placeholders take: names and account ids are longer.
  if (size * 1.25 > roleCharacters)
    problems.push(
      `${file}: the policies of ${actions.join(', ')} have ${size} characters; IAM allows ${roleCharacters} on a role, names filled in.`,
    );
  return new Document(
    policies.map(({ name, policy }) => ({
      PolicyName: name,
      PolicyDocument: { Version: quoted('2012-10-17'), Statement: policy.Statement.map(statementOf) },
    })),
  ).toString({ lineWidth: 0 });
};

const readPolicy = (action: string): Policy | undefined => {
  const path = join(root, 'actions', action, 'iam.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Policy;
  problems.push(`${file}: names action ${action}, which has no iam.json.`);
  return undefined;
};

const statementOf = ({ Resource, Condition, ...rest }: Statement): object => {
  const statement = {
    ...rest,
    Resource: nodesOf(Resource),
    ...(Condition && { Condition: conditionOf(Condition) }),
  };
  const conditions = listOf(Resource).map((one) => conditionFor(filledIn(one)));
  const [only] = conditions;
  return only && conditions.length === 1 ? whenever(only, asNode(statement)) : statement;
};

const conditionOf = (condition: NonNullable<Statement['Condition']>): object =>
  Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, nodesOf(value)])),
    ]),
  );

const listOf = (texts: Texts): readonly string[] => (typeof texts === 'string' ? [texts] : texts);

const nodesOf = (texts: Texts): unknown => {
  if (typeof texts === 'string') return substituted(filledIn(texts));
  return texts.map(filledIn).map((text) => {
    const condition = conditionFor(text);
    return condition ? whenever(condition, substituted(text)) : substituted(text);
  });
};

const filledIn = (text: string): string =>
  parameters.reduce((filled, [from, to]) => filled.replaceAll(from, to), text);

const conditionFor = (text: string): string | undefined =>
  Object.entries(optional).find(([parameter]) => text.includes(parameter))?.[1];

const tagged = (tag: string, text: string): Scalar<string> => {
  const scalar = new Scalar(text);
  scalar.tag = tag;
  return scalar;
};

// Unquoted, YAML 1.1 takes it for a date.
const quoted = (text: string): Scalar<string> => {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
};

const substituted = (text: string): Scalar<string> =>
  text.includes('${') ? tagged('!Sub', text) : new Scalar(text);

const asNode = (value: object): Node => new Document(value).contents as Node;

/** The node where the condition holds, nothing where it does not. */
const whenever = (condition: string, node: Node): YAMLSeq => {
  const choice = new YAMLSeq();
  choice.tag = '!If';
  choice.items.push(new Scalar(condition), node, tagged('!Ref', 'AWS::NoValue'));
  return choice;
};

const indented = (indent: string, text: string): string => text.replace(/^(?=.)/gm, indent);

main();
