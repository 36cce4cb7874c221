// A command's text as words, and back.
import { describe, expect, test } from '@jest/globals';
import { commandWords, shownCommand } from '../../../src/shared/command/words.ts';

const wordsOf = (text: string) => {
  const parsed = commandWords(text);
  return parsed.kind === 'value' ? parsed.value : parsed.what;
};

describe('commandWords', () => {
  test.each([
    ['php artisan migrate --force', ['php', 'artisan', 'migrate', '--force']],
    ['  php\n artisan\t"queue:retry all" ', ['php', 'artisan', 'queue:retry all']],
    ["sh -c 'a && b > c'", ['sh', '-c', 'a && b > c']],
    [
      'php artisan db:seed --class=Database\\Seeders\\X',
      ['php', 'artisan', 'db:seed', '--class=Database\\Seeders\\X'],
    ],
    ['echo "say \\"hi\\" \\\\ App\\Job"', ['echo', 'say "hi" \\ App\\Job']],
    ['a\'b c\'"d e"f', ['ab cd ef']],
    ["a ''", ['a', '']],
    ['echo "a && b" \'|\'', ['echo', 'a && b', '|']],
  ])('reads %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test.each([
    ['a "b', 'has a quote that never ends'],
    ["it's", 'has a quote that never ends'],
    ['   ', 'is empty'],
    ['a && b', 'holds &&'],
    ['a | b', 'holds |'],
    ['a > b', 'holds >'],
    [`a ${'b'.repeat(8_000)}`, 'is longer than'],
  ])('refuses %j', (text, what) => {
    expect(wordsOf(text)).toContain(what);
  });

  test('what is shown reads back as the same words', () => {
    const words = ['sh', '-c', 'echo "it\'s $HOME" && ls', 'App\\Job', ''];
    expect(shownCommand(words)).toContain("'");
    expect(shownCommand(['php', 'artisan', 'App\\Job'])).toBe('php artisan App\\Job');
    expect(wordsOf(shownCommand(['a b', 'c']))).toEqual(['a b', 'c']);
  });
});
