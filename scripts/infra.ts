// `node scripts/infra.ts` writes the policies of infra/*-roles.yml from actions/*/iam*.json, between the lines
// `# policies of <actions>` and `# end of policies`; `--check` writes nothing and fails where they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Document, type Node, Scalar, YAMLSeq } from 'yaml';
import { type Template, templates } from './infra/templates.ts';

const given = process.argv.slice(2);
const check = given.includes('--check');
const root = given.find((word) => !word.startsWith('--')) ?? dirname(import.meta.dirname);

/** CloudFormation takes no larger template without a bucket, IAM no more inline policy on one role; spaces are free there. */
const templateBytes = 51_200;
const roleCharacters = 10_240;

type Texts = string | readonly string[];
type Statement = {
  readonly Action: Texts;
  readonly Resource: Texts;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>;
  readonly [key: string]: unknown;
};
type Policy = { readonly Statement: readonly Statement[] };

const problems: string[] = [];

const main = (): void => {
  for (const template of templates) fill(template);
  if (problems.length === 0) return;
  console.error(problems.join('\n'));
  process.exitCode = 1;
};

const fill = (template: Template): void => {
  const { file } = template;
  const before = readFileSync(join(root, file), 'utf8');
  const after = before.replace(
    /^( *)# policies of (.+)\n[\s\S]*?^ *# end of policies$/gm,
    (_, indent: string, actions: string) =>
      `${indent}# policies of ${actions}\n${indented(indent, policiesOf(actions.split(' '), template))}${indent}# end of policies`,
  );
  if (Buffer.byteLength(after) > templateBytes)
    problems.push(
      `${file}: has ${Buffer.byteLength(after)} bytes; CloudFormation takes ${templateBytes} without a bucket.`,
    );
  if (check && after !== before)
    problems.push(`${file}: is not what actions/*/iam*.json say. Run: npm run docs`);
  if (!check && after !== before) writeFileSync(join(root, file), after);
};

/** The role's inline policies as YAML, one for each action that has any. */
const policiesOf = (actions: readonly string[], template: Template): string => {
  const policies = actions.flatMap((name) => {
    const policy = readPolicy(name, template);
    return policy ? [{ name, policy }] : [];
  });
  const size = policies.reduce((sum, { policy }) => sum + JSON.stringify(policy).length, 0);
  // A quarter more than the placeholders take: names and account ids are longer.
  if (size * 1.25 > roleCharacters)
    problems.push(
      `${template.file}: the policies of ${actions.join(', ')} have ${size} characters; IAM allows ${roleCharacters} on a role, names filled in.`,
    );
  return new Document(
    policies.map(({ name, policy }) => ({
      PolicyName: name,
      PolicyDocument: {
        Version: quoted('2012-10-17'),
        Statement: policy.Statement.map((statement) => statementOf(statement, template)),
      },
    })),
  ).toString({ lineWidth: 0 });
};

const readPolicy = (action: string, { file, lists }: Template): Policy | undefined => {
  const path = lists.map((name) => join(root, 'actions', action, name)).find((each) => existsSync(each));
  if (path !== undefined) return JSON.parse(readFileSync(path, 'utf8')) as Policy;
  problems.push(`${file}: names action ${action}, which has no ${lists.join(' or ')}.`);
  return undefined;
};

const statementOf = ({ Resource, Condition, ...rest }: Statement, template: Template): object => {
  const statement = {
    ...rest,
    Resource: nodesOf(Resource, template),
    ...(Condition && { Condition: conditionOf(Condition, template) }),
  };
  const actions = listOf(rest.Action).map((action) => conditionFor(action, template));
  const resources = listOf(Resource).map((one) => conditionFor(filledIn(one, template), template));
  if (actions.length > 1 && actions.some((condition) => condition !== undefined))
    problems.push(
      `${template.file}: ${listOf(rest.Action).join(', ')} stand in one statement, and one of them holds only where a parameter says so. Give it a statement of its own.`,
    );
  const [only = actions[0]] = resources.length === 1 ? resources : [];
  return only ? whenever(only, asNode(statement)) : statement;
};

const conditionOf = (condition: NonNullable<Statement['Condition']>, template: Template): object =>
  Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, nodesOf(value, template)])),
    ]),
  );

const listOf = (texts: Texts): readonly string[] => (typeof texts === 'string' ? [texts] : texts);

const nodesOf = (texts: Texts, template: Template): unknown => {
  if (typeof texts === 'string') return substituted(filledIn(texts, template));
  return texts.map((each) => {
    const text = filledIn(each, template);
    const condition = conditionFor(text, template);
    return condition ? whenever(condition, substituted(text)) : substituted(text);
  });
};

const filledIn = (text: string, { parameters }: Template): string =>
  parameters.reduce((filled, [from, to]) => filled.replaceAll(from, to), text);

const conditionFor = (text: string, { conditions }: Template): string | undefined =>
  Object.entries(conditions).find(([part]) => text.includes(part))?.[1];

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
