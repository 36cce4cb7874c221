// Token trees of a workflow file turned into values, with the contexts and functions that stand at that place.
import { placeOf, TemplateInvalid } from './errors.ts';
import {
  Evaluator,
  type ExpressionData,
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
  Lexer,
  Parser,
  type TemplateToken,
  TokenType,
} from './library.ts';
import { fromData, isRecord, isTrue, textOf, toData, type Value, type Values } from './values.ts';

export type Functions = Readonly<Record<string, (...args: readonly Value[]) => Value>>;

/** What expressions at one place may name. The parser has refused everything that GitHub does not offer there. */
export type Scope = {
  /** Path of the workflow file, for messages. */
  readonly file: string;
  readonly contexts: Values;
  readonly functions: Functions;
};

/** Throws TemplateInvalid, with the place, where an expression cannot be evaluated. */
export const evaluate = (token: TemplateToken | undefined, scope: Scope): Value => {
  if (token === undefined) return null;
  if (isMapping(token)) {
    return Object.fromEntries(
      [...token].map(({ key, value }) => [key.toString(), evaluate(value, scope)] as const),
    );
  }
  if (isSequence(token)) return [...token].map((item) => evaluate(item, scope));
  if (isBasicExpression(token)) return evaluateExpression(token.expression, scope, token);
  if (token.isExpression)
    throw new TemplateInvalid(`${placeOf(scope.file, token)}: \${{ insert }} is not known to this runner`);
  return isString(token) || isNumber(token) || isBoolean(token) ? token.value : null;
};

/** One expression without its `${{ }}`. */
export const evaluateExpression = (expression: string, scope: Scope, token?: TemplateToken): Value => {
  try {
    const tokens = lex(expression);
    const functions = Object.entries(scope.functions).map(([name, call]) => define(name, call));
    const tree = new Parser(tokens, Object.keys(scope.contexts), functions).parse();
    const contexts = toData(scope.contexts) as ExpressionData.Dictionary;
    const named = new Map(functions.map((found) => [found.name.toLowerCase(), found]));
    return fromData(new Evaluator(tree, contexts, named).evaluate());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new TemplateInvalid(
      `${placeOf(scope.file, token)}: The template is not valid. ${reason}${cause} (${expression})`,
    );
  }
};

// The library takes only the first doubled quote of a literal for one; GitHub takes all.
const lex = (expression: string) =>
  new Lexer(expression)
    .lex()
    .tokens.map((token) =>
      token.type === TokenType.STRING
        ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") }
        : token,
    );

const define = (name: string, call: Functions[string]) => ({
  name,
  minArgs: 0,
  maxArgs: Number.MAX_SAFE_INTEGER,
  call: (...args: ExpressionData.ExpressionData[]) => toData(call(...args.map(fromData))),
});

/** A value that GitHub wants as text. */
export const evaluateText = (token: TemplateToken | undefined, scope: Scope): string => {
  const value = evaluate(token, scope);
  const text = textOf(value);
  if (text === undefined)
    throw new TemplateInvalid(
      `${placeOf(scope.file, token)}: A ${Array.isArray(value) ? 'sequence' : 'mapping'} was not expected`,
    );
  return text;
};

/** A mapping whose values GitHub wants as text: env, with, outputs. */
export const evaluateTexts = (
  token: TemplateToken | undefined,
  scope: Scope,
): Readonly<Record<string, string>> => {
  if (token === undefined) return {};
  if (isMapping(token))
    return Object.fromEntries(
      [...token].map(({ key, value }) => [key.toString(), evaluateText(value, scope)]),
    );
  const value = evaluate(token, scope);
  if (value === null) return {};
  if (!isRecord(value)) throw new TemplateInvalid(`${placeOf(scope.file, token)}: A mapping was expected`);
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, textOf(of) ?? '']));
};

export const evaluateBoolean = (token: TemplateToken | undefined, scope: Scope): boolean => {
  const value = evaluate(token, scope);
  if (value === null || typeof value === 'boolean') return value === true;
  throw new TemplateInvalid(`${placeOf(scope.file, token)}: Unexpected value '${textOf(value) ?? ''}'`);
};

export const evaluateNumber = (token: TemplateToken, scope: Scope): number => {
  const value = evaluate(token, scope);
  if (typeof value === 'number') return value;
  const read = typeof value === 'string' && value.trim() ? Number(value) : Number.NaN;
  if (!Number.isNaN(read)) return read;
  throw new TemplateInvalid(`${placeOf(scope.file, token)}: Unexpected value '${textOf(value) ?? ''}'`);
};

export const evaluateCondition = (token: TemplateToken, scope: Scope): boolean =>
  isTrue(evaluate(token, scope));

/** The value of a key of a mapping token; undefined where it has none. */
export const field = (token: TemplateToken | undefined, key: string): TemplateToken | undefined =>
  token && isMapping(token) ? token.find(key) : undefined;
