// Parsers for action inputs. They hold no defaults: action.yml does. An empty text is "not given".

import { UserError } from './errors.ts';

export type Parsed<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'problem'; readonly what: string; readonly fix: string };

export type Parser<T> = (text: string) => Parsed<T>;
export type Parsers = Readonly<Record<string, Parser<unknown>>>;

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** What `run` receives for a module's `inputs`: kebab names in action.yml, camel case in code. */
export type Inputs<P extends Parsers> = {
  readonly [K in keyof P as Camel<K & string>]: P[K] extends Parser<infer T> ? T : never;
};

/** What `run` returns for a module's `outputs`. */
export type Outputs<N extends readonly string[]> = { readonly [K in N[number] as Camel<K>]: string };

export const camel = (name: string): string =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const value = <T>(of: T): Parsed<T> => ({ kind: 'value', value: of });
const problem = (what: string, fix: string): Parsed<never> => ({ kind: 'problem', what, fix });

/** Says of an empty text that it is missing, before `parse` finds it wrong. */
const required =
  <T>(parse: Parser<T>): Parser<T> =>
  (given) =>
    given === '' ? problem('is required and was not given.', 'Set it under `with:`.') : parse(given);

export const text: Parser<string> = required(value);

export const optional =
  <T>(parser: Parser<T>): Parser<T | undefined> =>
  (given) =>
    given === '' ? value(undefined) : parser(given);

export const flag: Parser<boolean> = required((given) => {
  // YAML 1.2's core schema, as the runner's own getBooleanInput.
  if (['true', 'True', 'TRUE'].includes(given)) return value(true);
  if (['false', 'False', 'FALSE'].includes(given)) return value(false);
  return problem(`is '${given}', not a boolean.`, 'Write true or false.');
});

export const oneOf = <const T extends string>(...choices: readonly T[]): Parser<T> =>
  required((given) => {
    const found = choices.find((choice) => choice === given);
    return found ? value(found) : problem(`is '${given}'.`, `Choose one of: ${choices.join(', ')}.`);
  });

/** The first parser's value, else the second's; the second explains what is wrong. */
export const either =
  <A, B>(first: Parser<A>, second: Parser<B>): Parser<A | B> =>
  (given) => {
    const parsed = first(given);
    return parsed.kind === 'value' ? parsed : second(given);
  };

/** Comma- or newline-separated choices; empty means all of them. */
export const someOf =
  <const T extends string>(...choices: readonly T[]): Parser<readonly T[]> =>
  (given) => {
    const words = given.split(/[\s,]+/).filter(Boolean);
    const wrong = words.filter((word) => !choices.some((choice) => choice === word));
    if (wrong.length)
      return problem(
        `names ${wrong.map((word) => `'${word}'`).join(', ')}.`,
        `Choose from: ${choices.join(', ')}.`,
      );
    return value(words.length ? choices.filter((choice) => words.includes(choice)) : choices);
  };

/** Comma- or newline-separated names; empty means none was given. */
export const names: Parser<readonly string[]> = (given) => {
  const words = [...new Set(given.split(/[\s,]+/).filter(Boolean))];
  const wrong = words.filter((word) => name(word).kind === 'problem');
  return wrong.length
    ? problem(
        `names ${wrong.map((word) => `'${word}'`).join(', ')}.`,
        'Write lower-case letters, digits and hyphens, with commas between the names.',
      )
    : value(words);
};

export const number = (unit: string, [least, most]: readonly [number, number]): Parser<number> =>
  required((given) => {
    const parsed = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
    return parsed >= least && parsed <= most
      ? value(parsed)
      : problem(`is '${given}'.`, `Write a number of ${unit} from ${least} to ${most}.`);
  });

export const wholeNumber: Parser<number> = required((given) =>
  /^[1-9]\d{0,8}$/.test(given)
    ? value(Number(given))
    : problem(`is '${given}'.`, 'Write a whole number from 1.'),
);

export const matching = (pattern: RegExp, meaning: string): Parser<string> =>
  required((given) =>
    pattern.test(given) ? value(given) : problem(`is '${given}'.`, `It must be ${meaning}.`),
  );

export const name = matching(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  'lower-case letters, digits and hyphens, as in the manifest',
);
export const roleArn = matching(
  /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  "a role's ARN (arn:aws:iam::<account>:role/<name>)",
);
export const runId = matching(/^\d{1,20}$/, "a run's id, as in its address");
const webAddress = matching(/^https?:\/\/[^\s/]+(\/\S*)?$/, 'an http:// or https:// address');

/** None with a login in it: addresses are printed. */
export const httpUrl: Parser<string> = (given) =>
  /^\s*([a-z][\w+.-]*:)?[/\\]*[^/\\?#]*@/i.test(given)
    ? problem(
        'has a login in its address, which would be printed.',
        'Leave out everything up to the @. For Basic Auth name a secret in the environment manifest: basicAuthSecret.',
      )
    : webAddress(given);

/** The same inputs, of which `names` were given. Throws UserError for those that were not. */
export const demand = <T extends object, K extends keyof T & string>(
  given: T,
  ...names: readonly K[]
): T & { readonly [name in K]: NonNullable<T[name]> } => {
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length)
    throw new UserError(
      missing.map((name) => ({ what: `Input ${name} is needed here.`, fix: 'Set it under `with:`.' })),
    );
  return given as T & { readonly [name in K]: NonNullable<T[name]> };
};

/** Inputs that every action of a tenant takes. */
export const shared = {
  fleet: text,
  environment: name,
  tenant: name,
  'role-to-assume': optional(roleArn),
  'dry-run': flag,
  'timeout-minutes': number('minutes', [0.1, 360]),
} as const;

/** Whom an action is for that takes either. */
export type Subject =
  | { readonly kind: 'tenant'; readonly name: string }
  | { readonly kind: 'application'; readonly name: string };

/** Throws UserError unless exactly one of the two was given. */
export const subjectOf = ({
  tenant,
  application,
}: {
  readonly tenant: string | undefined;
  readonly application: string | undefined;
}): Subject => {
  if (tenant !== undefined && application === undefined) return { kind: 'tenant', name: tenant };
  if (application !== undefined && tenant === undefined) return { kind: 'application', name: application };
  const what =
    tenant === undefined
      ? 'Neither input tenant nor input application was given.'
      : `Both input tenant (${tenant}) and input application (${application}) were given.`;
  throw new UserError([{ what, fix: 'Set exactly one of the two under `with:`.' }]);
};

/** Inputs that every action of an application takes. */
export const sharedByApplications = {
  fleet: text,
  environment: name,
  application: name,
  'role-to-assume': optional(roleArn),
  'timeout-minutes': number('minutes', [0.1, 360]),
} as const;
