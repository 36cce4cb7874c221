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
    REDIS_SCHEME: 'tls',
    DB_PASSWORD: 'hunter2hunter2',
    APP_KEY: 'base64:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=',
    REDIS_URL: 'rediss://:hunter2@cache:6379',
    STRIPE_SECRET: 'hunter2hunter2',
  });
  expect(seen).toMatchObject({ WORDPRESS_DB_HOST: 'db.internal:3306', REDIS_SCHEME: 'tls', DB_PASSWORD: '' });
  expect(JSON.stringify(seen)).not.toMatch(/hunter2|base64:a/);
});

test("WordPress's own configuration is told without its keys", () => {
  const seen = environmentOf({
    WORDPRESS_CONFIG_EXTRA:
      "define('WP_HOME', 'https://a.example'); define( 'AUTH_KEY', 'hunter2 ; )' ); define(\"SMTP_PASS\", \"hunter3\");",
  });
  expect(seen?.WORDPRESS_CONFIG_EXTRA).toContain("define('WP_HOME', 'https://a.example')");
  expect(seen?.WORDPRESS_CONFIG_EXTRA).not.toMatch(/hunter/);
});
