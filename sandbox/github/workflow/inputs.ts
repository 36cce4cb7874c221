// The `inputs` context: of a dispatched workflow, as GitHub's form and API check them, and of a called one.
import type { InputDefinition, Token, WorkflowFile } from './definitions.ts';
import { placeOf, TemplateInvalid } from './errors.ts';
import { evaluate, type Scope } from './expressions.ts';
import { isMapping } from './library.ts';
import { textOf, type Value, type Values } from './values.ts';

type Given = Readonly<Record<string, unknown>>;

/** Typed values, or problems. */
export const readDispatchInputs = (
  definitions: readonly InputDefinition[],
  given: Given,
  environments: readonly string[],
): { readonly inputs: Values; readonly problems: readonly string[] } => {
  const names = definitions.map(({ name }) => name);
  const problems = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => `Unexpected inputs provided: ${name}`);
  const inputs: Record<string, Value> = {};
  for (const definition of definitions) {
    const text = given[definition.name] ?? defaultOf(definition);
    const problem = dispatchProblem(definition, String(text ?? ''), environments);
    if (problem !== undefined) problems.push(problem);
    inputs[definition.name] = convert(definition, String(text ?? ''));
  }
  return { inputs, problems };
};

const defaultOf = ({ default: token }: InputDefinition): string | undefined => token?.toString();

const dispatchProblem = (
  { name, type, required, options }: InputDefinition,
  text: string,
  environments: readonly string[],
): string | undefined => {
  if (text === '') return required ? `Required input '${name}' not provided` : undefined;
  const fits = {
    string: true,
    boolean: text === 'true' || text === 'false',
    number: !Number.isNaN(Number(text)),
    choice: options.includes(text),
    environment: environments.includes(text),
  }[type];
  return fits ? undefined : `Provided value '${text}' for input '${name}' is no ${type} of this workflow`;
};

const convert = ({ type, options }: InputDefinition, text: string): Value => {
  if (type === 'boolean') return text === 'true';
  if (type === 'number') return text === '' ? '' : Number(text);
  return text === '' && type === 'choice' ? (options[0] ?? '') : text;
};

/** The values that `with` gives, and the defaults of the rest. Throws TemplateInvalid. */
export const readCallInputs = (called: WorkflowFile, given: Token, scope: Scope): Values => {
  const inputs: Record<string, Value> = {};
  const file = called.origin.path;
  for (const definition of called.events.callInputs) {
    const token = findKey(given, definition.name);
    const value = token
      ? evaluate(token, scope)
      : evaluate(definition.default, {
          ...scope,
          file,
          contexts: { github: scope.contexts.github ?? {}, vars: scope.contexts.vars ?? {}, inputs },
        });
    inputs[definition.name] = typed(definition, value, placeOf(token ? scope.file : file, token));
  }
  return inputs;
};

/** Names of inputs and secrets count without their case. */
export const findKey = (mapping: Token, name: string): Token => {
  if (!mapping || !isMapping(mapping)) return undefined;
  return [...mapping].find(({ key }) => key.toString().toLowerCase() === name.toLowerCase())?.value;
};

const typed = ({ name, type }: InputDefinition, value: Value, place: string): Value => {
  if (type === 'boolean') {
    if (value === null) return false;
    if (typeof value === 'boolean') return value;
  } else if (type === 'number') {
    if (value === null) return 0;
    if (typeof value === 'number') return value;
  } else {
    const text = textOf(value);
    if (text !== undefined) return text;
  }
  throw new TemplateInvalid(
    `${place}: Unexpected value '${textOf(value) ?? JSON.stringify(value)}' for the input ${name} of type ${type}`,
  );
};

/** Secrets that a called workflow sees. Throws TemplateInvalid. */
export const readCallSecrets = (
  called: WorkflowFile,
  given: Token,
  { scope, own }: { readonly scope: Scope; readonly own: Readonly<Record<string, string>> },
): Readonly<Record<string, string>> => {
  if (given?.toString() === 'inherit' && !isMapping(given)) return own;
  return Object.fromEntries(
    called.events.callSecrets.flatMap(({ name }) => {
      const token = findKey(given, name);
      const value = token && textOf(evaluate(token, scope));
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
};
