// Words that would reach a program otherwise than they were meant, by who takes them.
import { describe, expect, test } from '@jest/globals';
import { type Call, callName } from '../../../src/shared/command/call.ts';
import { refuseShellWords } from '../../../src/shared/command/shell.ts';

const callOf = (operation: Call['operation'], words: readonly string[]): Call => ({
  operation,
  service: 'api',
  container: 'api',
  words,
});

const refusal = (call: Call, entryPoint: string[] = []): string => {
  try {
    refuseShellWords(call, { container: { name: 'api', entryPoint }, revision: 'envelope-prod-api:1' });
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('refuseShellWords', () => {
  test.each([
    ['a plain migration', callOf('migrate', ['php', 'artisan', 'migrate', '--force'])],
    ['a script', callOf('migrate', ['sh', '-c', 'a && b'])],
    ['a script with arguments', callOf('command', ['bash', '-lc', 'echo "$1"', 'sh', 'x'])],
    ['a script of one word', callOf('command', ['sh', '-c', 'env'])],
    ['a sign that was quoted', callOf('command', ['echo', '&&'])],
    ['an option that only looks so', callOf('command', ['php', '-c', 'php.ini', 'artisan'])],
  ])('lets %s be', (_, call) => {
    expect(refusal(call)).toBe('');
  });

  test.each(['&&', '||', '|', ';', '>', '2>&1', '$TENANT', '$' + '{TENANT}'])(
    'finds %s in a manifest',
    (sign) => {
      expect(refusal(callOf('migrate', ['php', 'artisan', 'migrate', sign, 'x']))).toContain(
        `only a shell acts upon ${sign}`,
      );
    },
  );

  test('finds a script that falls apart, and writes it as it should be', () => {
    expect(refusal(callOf('command', ['sh', '-c', 'php', 'artisan', 'queue:retry all']))).toMatch(
      /so php would run without the others\..*sh -c 'php artisan /,
    );
    expect(refusal(callOf('migrate', ['/bin/sh', '-ec', 'php', 'artisan', 'migrate']))).toContain(
      'migration.command: ["/bin/sh","-ec","php artisan migrate"]',
    );
  });

  test('knows an entry point that is a shell', () => {
    const words = ['php', 'artisan', 'queue:retry all'];
    expect(refusal(callOf('command', words), ['sh', '-c'])).toContain('takes the first word alone');
    expect(refusal(callOf('command', words.slice(0, 1)), ['sh', '-c'])).toBe('');
  });
});

test('what is shown of a command is one line', () => {
  const name = callName(callOf('command', ['sh', '-c', 'php artisan down\n  ::add-mask::x\nb']));
  expect(name).toBe("Command `sh -c 'php artisan down ⏎ ::add-mask::x ⏎ b'` in api");
});
