// A job's strategy: the combinations of its matrix, at most 256 and at least one, and how they run beside each other.
import type { Token } from './definitions.ts';
import { placeOf, TemplateInvalid } from './errors.ts';
import { evaluate, evaluateBoolean, evaluateNumber, field, type Scope } from './expressions.ts';
import { isList, isRecord, textOf, type Value, type Values } from './values.ts';

export type Strategy = {
  /** One, of null, where the job has no matrix. */
  readonly legs: readonly Leg[];
  readonly failFast: boolean;
  readonly maxParallel: number;
};

export type Leg = {
  readonly matrix: Values | null;
  readonly index: number;
  /** `(a, b)` as GitHub adds it to a job's name; empty without a matrix. */
  readonly suffix: string;
};

const most = 256;

/** Throws TemplateInvalid. */
export const readStrategy = (token: Token, scope: Scope): Strategy => {
  const { matrix, failFast, maxParallel } = readParts(token, scope);
  if (matrix === null) return { legs: [{ matrix: null, index: 0, suffix: '' }], failFast, maxParallel };
  const refuse = (why: string): never => {
    throw new TemplateInvalid(`${placeOf(scope.file, token)}: ${why}`);
  };
  if (!isRecord(matrix)) return refuse('A mapping was expected for the matrix');
  const combinations = expand(matrix, refuse);
  if (combinations.length === 0) return refuse('Matrix must define at least one vector');
  if (combinations.length > most)
    return refuse(`Matrix has ${combinations.length} configurations; GitHub allows ${most}`);
  const legs = combinations.map(({ values, named }, index) => ({
    matrix: values,
    index,
    suffix: suffixOf(named),
  }));
  return { legs, failFast, maxParallel };
};

const readParts = (token: Token, scope: Scope) => {
  // The whole strategy may be one expression.
  const strategy = token?.isExpression ? evaluate(token, scope) : undefined;
  if (isRecord(strategy)) {
    return {
      matrix: strategy.matrix ?? null,
      failFast: strategy['fail-fast'] !== false,
      maxParallel: Number(strategy['max-parallel'] ?? Number.POSITIVE_INFINITY),
    };
  }
  const failFast = field(token, 'fail-fast');
  const maxParallel = field(token, 'max-parallel');
  return {
    matrix: evaluate(field(token, 'matrix'), scope),
    failFast: failFast === undefined || evaluateBoolean(failFast, scope),
    maxParallel: maxParallel ? evaluateNumber(maxParallel, scope) : Number.POSITIVE_INFINITY,
  };
};

/** A combination, and the part of it that names the job: without what `include` adds to it. */
type Combination = { readonly values: Values; readonly named: Values };

const expand = (matrix: Values, refuse: (why: string) => never): readonly Combination[] => {
  const { include = [], exclude = [], ...vectors } = matrix;
  for (const [name, vector] of Object.entries(vectors)) {
    if (!isList(vector)) refuse(`A sequence was expected for the matrix vector '${name}'`);
    else if (vector.length === 0) refuse(`Matrix vector '${name}' does not contain any values`);
  }
  const names = Object.keys(vectors);
  const excluded = recordsOf(exclude, 'exclude', refuse);
  const product =
    names.length === 0
      ? []
      : names.reduce<readonly Values[]>(
          (sofar, name) =>
            sofar.flatMap((values) =>
              (vectors[name] as readonly Value[]).map((value) => ({ ...values, [name]: value })),
            ),
          [{}],
        );
  const kept = product.filter((values) => !excluded.some((filter) => agrees(values, filter)));
  return includeInto(kept, recordsOf(include, 'include', refuse));
};

const recordsOf = (list: Value, name: string, refuse: (why: string) => never): readonly Values[] =>
  isList(list) && list.every(isRecord) ? list : refuse(`A sequence of mappings was expected for '${name}'`);

const includeInto = (kept: readonly Values[], includes: readonly Values[]): readonly Combination[] => {
  const added: Values[] = [];
  let combinations: readonly Combination[] = kept.map((named) => ({ named, values: named }));
  for (const include of includes) {
    const fits = ({ named }: Combination): boolean =>
      agrees(named, Object.fromEntries(Object.entries(include).filter(([name]) => name in named)));
    if (!combinations.some(fits)) added.push(include);
    combinations = combinations.map((combination) =>
      fits(combination) ? { ...combination, values: { ...combination.values, ...include } } : combination,
    );
  }
  return [...combinations, ...added.map((values) => ({ values, named: values }))];
};

const agrees = (values: Values, filter: Values): boolean =>
  Object.entries(filter).every(([name, wanted]) => {
    const value = values[name];
    if (isRecord(wanted)) return isRecord(value) && agrees(value, wanted);
    return JSON.stringify(value) === JSON.stringify(wanted);
  });

const suffixOf = (values: Values): string => ` (${scalarsOf(values).join(', ')})`;

const scalarsOf = (value: Value): readonly string[] => {
  if (isList(value)) return value.flatMap(scalarsOf);
  if (isRecord(value)) return Object.values(value).flatMap(scalarsOf);
  return [textOf(value) ?? ''].filter(Boolean);
};
