// The texts of an application's manifest. Each is known twice: as written, where {application} and {environment} may
// stand for the names, and as filled in, which is what AWS and GitHub get to see.
import * as z from 'zod';
import { expand, text } from './fields.ts';
import { nearest } from './nearest.ts';

export type Naming = {
  /** What the text must be once the names are filled in. */
  readonly filled: RegExp;
  /** What it begins with, and what may stand around the braces: for editors, which cannot fill them in. */
  readonly begins?: string;
  readonly between: string;
  readonly right: string;
};

/** How a text is checked: as it is written, or with the names filled in. */
export type Form = 'written' | 'filled';

const placeholders = ['application', 'environment'] as const;
const samples = { application: 'a', environment: 'a' };

export const named = (
  form: Form,
  { filled, begins = '', between, right }: Naming,
): z.ZodType<string, string> =>
  form === 'filled'
    ? text(filled, right)
    : z
        .string({ error: right })
        .refine((given) => !strangerIn(given) && filled.test(expand(given, samples)), {
          error: ({ input }) => strangerIn(String(input)) ?? right,
        })
        .meta({ pattern: `^${begins}(?:${between}|\\{(?:${placeholders.join('|')})\\})+$` });

/** What to write instead of the first placeholder that stands for nothing. */
const strangerIn = (given: string): string | undefined => {
  const stranger = [...given.matchAll(/\{([^{}]*)\}/g)].find(
    ([, name]) => !placeholders.some((known) => known === name),
  );
  if (!stranger) return undefined;
  const guess = nearest(stranger[1] ?? '', placeholders);
  return guess
    ? `{${guess}} for ${stranger[0]}`
    : `{application} or {environment} for ${stranger[0]}, which stands for nothing`;
};

type Needed<F extends Form, T extends z.ZodType> = F extends 'filled' ? T : z.ZodOptional<T>;

/** What one layer may leave to the other, and both together must have. */
export const needed = <F extends Form, T extends z.ZodType>(
  form: F,
  schema: T,
  description: string,
): Needed<F, T> => {
  const described = schema.meta({ description });
  return (form === 'filled' ? described : described.optional()) as Needed<F, T>;
};

const oneWord = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** A letter in front: a map's keys keep their order only where none is a number. */
export const shortName = new RegExp(`^${oneWord}$`);
export const shortNameRight =
  'a name of at most 63 lower-case letters, digits and - that starts with a letter';

export const serviceName: Naming = {
  filled: /^[A-Za-z0-9_-]{1,255}$/,
  between: '[A-Za-z0-9_-]',
  right: 'the name of the ECS service, not its ARN',
};
export const clusterName: Naming = { ...serviceName, right: 'the name of the ECS cluster, not its ARN' };
export const containerName: Naming = {
  ...serviceName,
  right: 'the name of a container in the task definition',
};
export const logGroupName: Naming = {
  filled: /^[.\-_/#A-Za-z0-9]{1,512}$/,
  between: '[.\\-_/#A-Za-z0-9]',
  right: 'the name of the log group, e.g. /ecs/{application}-{environment}-api',
};
export const targetGroupName: Naming = {
  filled: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
  between: '[A-Za-z0-9-]',
  right: 'the name of the target group, at most 32 letters, digits and -, not its ARN',
};
export const pipelineName: Naming = {
  filled: /^[A-Za-z0-9.@\-_]{1,100}$/,
  between: '[A-Za-z0-9.@\\-_]',
  right: 'the name of the CodePipeline, at most 100 letters, digits and . @ - _, not its ARN',
};
export const instanceName: Naming = {
  filled: /^[A-Za-z](?:-?[A-Za-z0-9]){0,62}$/,
  between: '[A-Za-z0-9-]',
  right: 'the identifier of the RDS instance, not its host name or ARN',
};
export const repositoryName: Naming = {
  filled: /^(?=.{2,256}$)[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
  between: '[a-z0-9._/-]',
  right: 'the name of the ECR repository, in lower case and without registry or tag',
};
export const roleName: Naming = {
  filled: /^[\w+=,.@-]{1,64}$/,
  between: '[\\w+=,.@-]',
  right: 'the name of an IAM role, at most 64 characters, not its ARN',
};
export const gateName: Naming = {
  filled: /^[A-Za-z0-9](?:[A-Za-z0-9 ._/-]{0,253}[A-Za-z0-9._/-])?$/,
  between: '[A-Za-z0-9 ._/-]',
  right: 'the name of a GitHub environment: at most 255 letters, digits, spaces and . _ / -',
};
export const address: Naming = {
  filled: /^https?:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?][\x21-\x7e]*)?$/,
  begins: 'https?://',
  between: '[\\x21-\\x7e]',
  right: 'an https:// or http:// address without a user or password, e.g. https://api.example.com/up',
};
