// The vocabulary of the schemas. Each field's message completes 'Write ...': it names what is right,
// because the reader of an error wants to know what to type.
import * as z from 'zod';

export const text = (pattern: RegExp, right: string) =>
  z.string({ error: right }).regex(pattern, { error: right });

export const whole = (least: number, most: number, right = `a whole number from ${least} to ${most}`) =>
  z.int({ error: right }).min(least, { error: right }).max(most, { error: right });

export const flag = () => z.boolean({ error: 'true or false' });

export const oneOf = <const T extends string | number>(choices: readonly T[]) =>
  z.literal(choices, { error: choices.length > 2 ? `one of ${choices.join(', ')}` : choices.join(' or ') });

/** A map with exactly these keys. The message for a wrong key is made where the tree is at hand. */
export const group = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? undefined
        : `a map with keys such as ${Object.keys(shape).slice(0, 3).join(', ')}`,
  });

export const listOf = <T extends z.core.$ZodType<string>>(
  item: T,
  [least, most]: readonly [number, number],
  right: string,
) =>
  z
    .array(item, { error: right })
    .min(least, { error: right })
    .max(most, { error: right })
    .superRefine((items, context) => {
      const seen = new Set<unknown>();
      items.forEach((each, index) => {
        if (seen.has(each))
          context.addIssue({ code: 'custom', path: [index], message: 'it once: it is in the list already' });
        seen.add(each);
      });
    })
    .meta({ uniqueItems: true });

export type KeyRule = {
  /** Why a map may not have a key; undefined: it may. */
  readonly refuse: (key: string) => { readonly what: string; readonly fix: string } | undefined;
  /** The same as far as an editor can check it. */
  readonly pattern: string;
};

/** A map whose keys are the owner's choice, within the rule. */
export const mapOf = <V extends z.core.$ZodType>({ refuse, pattern }: KeyRule, value: V, right = 'a map') =>
  z.record(
    z
      .string()
      .superRefine((key, context) => {
        const refused = refuse(key);
        if (refused)
          context.addIssue({ code: 'custom', message: refused.fix, params: { what: refused.what } });
      })
      .meta({ pattern }),
    value,
    { error: right },
  );

/** A pattern of capitals that fits small letters too: JSON Schema knows no flags. */
export const anyCase = (pattern: RegExp): string =>
  pattern.source.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

export const hostName = new RegExp(`^(?=.{1,128}$)${label}(?:\\.${label})+$`);
export const dnsLabel = new RegExp(`^${label}$`);

const samples: Readonly<Record<string, string>> = { tenant: 'a', environment: 'a', domain: 'example.com' };

type Shape = {
  /** What the text must be once {tenant}, {environment} and {domain} are filled in. */
  readonly filled: RegExp;
  /** What may stand between the braces, for editors, which cannot fill them in. */
  readonly between: string;
  readonly right: string;
};

export const template = ({ filled, between, right }: Shape) =>
  z
    .string({ error: right })
    .refine((given) => filled.test(expand(given, samples)), { error: right })
    .meta({ pattern: `^(?:${between}|\\{(?:tenant|environment|domain)\\})+$` });

/** Fills in the known names and leaves any other braces alone. */
export const expand = (given: string, names: Readonly<Record<string, string>>): string =>
  given.replace(/\{([a-z]+)\}/g, (all, name: string) =>
    Object.hasOwn(names, name) ? (names[name] ?? all) : all,
  );
