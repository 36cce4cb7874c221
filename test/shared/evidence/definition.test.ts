// A task definition's environment is evidence only where no name in it could bear a secret.
import { expect, test } from '@jest/globals';
import { definitionSeen } from '../../../src/shared/evidence/definition.ts';

const environmentOf = (environment: Readonly<Record<string, string>>) =>
  definitionSeen({
    containerDefinitions: [
      { name: 'app', environment: Object.entries(environment).map(([name, value]) => ({ name, value })) },
    ],
  }).containers[0]?.environment;

test('where things are is told, secrets are not', () => {
  const seen = environmentOf({
    WORDPRESS_DB_HOST: 'db.internal:3306',
    QUEUE_CONNECTION: 'redis',
    DB_PASSWORD: 'hunter2hunter2',
    APP_KEY: 'base64:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=',
    REDIS_URL: 'rediss://:hunter2@cache:6379',
    STRIPE_SECRET: 'hunter2hunter2',
  });
  expect(seen).toMatchObject({
    WORDPRESS_DB_HOST: 'db.internal:3306',
    QUEUE_CONNECTION: 'redis',
    DB_PASSWORD: '',
  });
  expect(JSON.stringify(seen)).not.toMatch(/hunter2|base64:a/);
});

test('what no rule compares is not kept: it could only give something away', () => {
  const names = [
    'WORDPRESS_CONFIG_EXTRA',
    'WORDPRESS_DEBUG',
    'APP_URL',
    'DB_USER',
    'MAIL_CLIENT',
    'QUEUE_NAME',
  ];
  const seen = environmentOf(Object.fromEntries(names.map((name) => [name, "define('X', 'hunter2')"])));
  expect(seen).toEqual(Object.fromEntries(names.map((name) => [name, ''])));
});
