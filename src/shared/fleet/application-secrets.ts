// What in a command's words looks like a secret. Its value is never told, only the name that it goes by.
import { secretWord } from './secret-word.ts';

export type FoundSecret = { readonly index: number; readonly name: string };

/** At most one a word. What only names a variable or a file is no secret. */
export const secretsIn = (words: readonly string[]): readonly FoundSecret[] =>
  words.flatMap((word, index) => {
    const before = words.slice(0, index);
    const name = assigned(word) ?? inAddress(word) ?? following(before.at(-1), word) ?? short(before, word);
    return name === undefined ? [] : [{ index, name }];
  });

const isSecretName = (name: string): boolean => {
  const word = name.replace(/^-+/, '').replaceAll(/[-.]/g, '_');
  return secretWord.test(word) && !/_(?:FILE|PATH|ARN|NAME|ID)$/i.test(word);
};

const isReference = (value: string): boolean => /^["']?(?:\$|["']?$)/.test(value);

/** `--password=x`, also inside a shell's script. */
const assigned = (word: string): string | undefined =>
  [...word.matchAll(/(?:^|[\s;&|"'])(-{0,2}[A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s;&|]*)/g)].find(
    ([, name = '', value = '']) => isSecretName(name) && !isReference(value),
  )?.[1];

/** `mysql://user:x@host` */
const inAddress = (word: string): string | undefined => {
  const [, password] = /\w+:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(word) ?? [];
  return password === undefined || isReference(password) ? undefined : 'a password in an address';
};

/** `--password x` */
const following = (option: string | undefined, word: string): string | undefined =>
  option !== undefined &&
  /^--?[A-Za-z][\w.-]*$/.test(option) &&
  isSecretName(option) &&
  !word.startsWith('-') &&
  !isReference(word)
    ? option
    : undefined;

/** `mysql -px` */
const short = (before: readonly string[], word: string): string | undefined =>
  before.some((each) => /(?:^|\/)(?:mysql|mariadb)[a-z-]*$/.test(each)) &&
  /^-p./.test(word) &&
  !isReference(word.slice(2))
    ? '-p'
    : undefined;
