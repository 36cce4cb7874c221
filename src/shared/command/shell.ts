// Words that only a shell would take as they were meant, found before anything runs.
import { UserError } from '../errors.ts';
import { type Call, callName, shownWords } from './call.ts';
import { isShell, shownCommand, takesScript } from './words.ts';
import type { Workplace } from './workplace.ts';

type At = Pick<Workplace, 'container' | 'revision'>;

/** Throws UserError. A command line's own signs are refused with the input; a manifest's words come as they are. */
export const refuseShellWords = (call: Call, { container, revision }: At): void => {
  const { operation, words } = call;
  const { entryPoint = [], name = '' } = container;
  if (takesScript(entryPoint.at(-1))) {
    if (words.length < 2) return;
    throw asOneWord(
      `Container ${name} of ${revision} has the entry point ${JSON.stringify(entryPoint)}, which takes the first word alone for the command.`,
      call,
      0,
    );
  }
  if (isShell(words[0]) && takesScript(words[1])) refuseSplitScript(call);
  const sign = operation === 'migrate' ? words.find((word) => signs.test(word)) : undefined;
  if (sign === undefined || isShell(words[0])) return;
  throw new UserError([
    {
      what: `${callName(call)}: only a shell acts upon ${sign}, and no shell sees the command: it would be an argument.`,
      fix: 'Write it for a shell in the manifest: migration.command: [sh, -c, "…"].',
    },
  ]);
};

const signs = /^(?:&&?|\|\|?|;|\d?[<>]+(?:&\d)?|\$\{?\w+\}?)$/;

/** `sh -c php artisan migrate` runs php alone, which reads nothing and ends well: a migration that never was. */
const refuseSplitScript = (call: Call): void => {
  const [shell, option, script = '', ...others] = call.words;
  // A script's own arguments are rightly words of their own.
  if (others.length === 0 || /[\s$]/.test(script)) return;
  throw asOneWord(
    `${callName(call)}: ${shell} ${option} takes the next word alone for the command, so ${shownWords([script])} would run without the others.`,
    call,
    2,
  );
};

const asOneWord = (what: string, { operation, words }: Call, from: number): UserError => {
  const whole = [...words.slice(0, from), shownCommand(words.slice(from))];
  return new UserError([
    {
      what,
      fix:
        operation === 'migrate'
          ? `Give it as one text in the manifest: migration.command: ${JSON.stringify(whole)}.`
          : `Give it as one word in input command: ${shownWords(whole)}`,
    },
  ]);
};
