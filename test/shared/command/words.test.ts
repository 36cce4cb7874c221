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
    ['  php artisan\t"queue:retry all" \n', ['php', 'artisan', 'queue:retry all']],
    ["sh -c 'a && b > c'", ['sh', '-c', 'a && b > c']],
    [
      'php artisan db:seed --class=Database\\Seeders\\X',
      ['php', 'artisan', 'db:seed', '--class=Database\\Seeders\\X'],
    ],
    ['echo "say \\"hi\\" \\\\ App\\Job"', ['echo', 'say "hi" \\ App\\Job']],
    ['a\'b c\'"d e"f', ['ab cd ef']],
    ["a ''", ['a', '']],
    ['echo "a && b" \'|\'', ['echo', 'a && b', '|']],
    ["sh -c 'php artisan down\nphp artisan up'", ['sh', '-c', 'php artisan down\nphp artisan up']],
    ['/bin/bash -lc "echo $HOME `date`"', ['/bin/bash', '-lc', 'echo $HOME `date`']],
    ["echo '$HOME' 'a`b`' 5$ --x=\"\"", ['echo', '$HOME', 'a`b`', '5$', '--x=']],
    ["echo 'Grüße 🎉 – “x”' é", ['echo', 'Grüße 🎉 – “x”', 'é']],
    ['php\u00a0artisan', ['php', 'artisan']],
  ])('reads %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test.each([
    ['a "b', 'has a " that is never closed, at character 3.'],
    ["  echo it's", "has a ' that is never closed, at character 8."],
    ["a 'b' c'd", "has a ' that is never closed, at character 8."],
    ['   ', 'is empty'],
    ['a && b', 'holds &&'],
    ['a | b', 'holds |'],
    ['a > b', 'holds >'],
    ['a&&b', 'holds &&'],
    ['a; b', 'holds ;'],
    ['a 2>&1', 'holds 2>&1'],
    ['a >>log', 'holds >>'],
    ['curl https://x?a=1&b=2', 'holds &,'],
    ['echo $HOME', 'holds $,'],
    ['echo x$\u007bHOME}', 'holds $,'],
    ['echo "$HOME"', 'holds $,'],
    ['echo "$(date)"', 'holds $,'],
    ['echo `date`', 'holds `'],
    ['sh -c echo $HOME', 'holds $,'],
    ['echo a # b', 'holds #'],
    ['php artisan x \\ --force', 'holds \\'],
    ['php artisan down\nphp artisan up', 'has more than one line'],
    ['php artisan x \\\n  --force', 'holds \\'],
    ["'' a", 'begins with an empty word'],
    ['APP_ENV=x php artisan', 'begins with APP_ENV='],
    ['php artisan migrate –force', 'holds –'],
    ['php artisan “queue:retry all”', 'holds “'],
    ['php\u200b artisan', 'an invisible character (U+200B)'],
    ["echo 'a\u202eb'", 'an invisible character (U+202E)'],
    ["echo 'a\r\nb'", 'an invisible character (U+000D)'],
    ['a \0', 'an invisible character (U+0000)'],
    ['touch my\\ file', 'holds \\'],
  ])('refuses %j', (text, what) => {
    expect(wordsOf(text)).toContain(what);
  });

  test('refuses what ECS would', () => {
    expect(wordsOf(`a ${'b'.repeat(8_000)}`)).toContain('is longer than');
  });

  test('a refusal repeats nothing that could be a secret, but the sign at fault', () => {
    for (const text of ["mysql -p'hunter2", 'APP_KEY=hunter2 php', 'mysql -p$hunter2', 'mysql -px&hunter2'])
      expect(JSON.stringify(commandWords(text))).not.toContain('hunter2');
  });

  test('what is shown reads back as the same words', () => {
    expect(shownCommand(['php', 'artisan', 'App\\Job'])).toBe('php artisan App\\Job');
    const nasty = [
      'a',
      ' ',
      "'",
      '"',
      '\\',
      '$',
      '$A',
      '`',
      '&&',
      '|',
      ';',
      '>',
      '#',
      '–',
      '“',
      '\n',
      'é',
      '',
    ];
    for (const one of nasty)
      for (const two of nasty)
        for (const three of nasty) {
          const words = ['echo', one + two + three, three + one];
          expect(wordsOf(shownCommand(words))).toEqual(words);
        }
  });
});
