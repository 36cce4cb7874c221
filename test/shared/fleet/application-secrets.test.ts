// A secret in an application's manifest is refused, and its value is in no message.
import { describe, expect, test } from '@jest/globals';
import { applicationProblems, envelopeWith, inEnvelope } from './application-files.ts';

describe('a secret', () => {
  const secret = 'hunter2-not-a-real-one';
  test.each([
    [`--password=${secret}`, '--password'],
    [`DB_PASSWORD=${secret} php artisan`, 'DB_PASSWORD'],
    [`mysql://app:${secret}@db/envelope`, 'a password in an address'],
    [`--api-key='${secret}'`, '--api-key'],
  ])('in a command is refused, not shown: %s', (word, name) => {
    const texts = envelopeWith('--force]', `--force, ${JSON.stringify(word)}]`);
    const problems = applicationProblems(texts);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(inEnvelope('17:45'));
    expect(problems[0]).toContain(`\`migration.command[4]\` looks like it holds a secret (${name})`);
    expect(problems[0]).not.toContain(secret);
  });

  test.each([
    ['after its option', '[php, artisan, x, --token, S]', 3 + 1],
    ['for a client', '[mysql, -u, root, -pS]', 3],
  ])('%s is refused, not shown', (_, command, index) => {
    const problems = applicationProblems(
      envelopeWith('[php, artisan, migrate, --force]', command.replace('S', secret)),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`\`migration.command[${index}]\``);
    expect(problems[0]).not.toContain(secret);
  });

  test.each([
    '[sh, -c, "mysql --password=$DB_PASSWORD"]',
    '[php, artisan, x, --password-file=/run/secrets/db, --token, --force]',
    '[php, artisan, "queue:retry", all, --queue=default, -p1]',
  ])('is not what only names one: %s', (command) => {
    expect(applicationProblems(envelopeWith('[php, artisan, migrate, --force]', command))).toEqual([]);
  });

  test('in an address is refused, not shown', () => {
    const problems = applicationProblems(envelopeWith('https://api.', `https://app:${secret}@api.`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain(secret);
  });

  test('in a command that is no list is not shown', () => {
    const texts = envelopeWith('[php, artisan, migrate, --force]', `php x --password=${secret}`);
    expect(applicationProblems(texts).join()).not.toContain(secret);
  });
});
