// What the real programs say when a tenant's WordPress fails: the rules of a diagnosis know these texts.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  canRunWordPress,
  configExtra,
  openWordPressLab,
  rdsHost,
  site,
  type Trial,
  tellsDatabase,
  type WordPressLab,
} from './wordpress-lab.ts';

const withWordPress = canRunWordPress ? describe : describe.skip;

const refusal = 'Error establishing a database connection';
const installed = 'fs-1 installed';
let lab: WordPressLab;
beforeAll(async () => {
  if (canRunWordPress) lab = await openWordPressLab();
}, 60_000);
afterAll(async () => lab?.close());

withWordPress('a WordPress without its database', () => {
  beforeAll(() => {
    lab.sql("CREATE USER stranger IDENTIFIED BY 'made-up-5'");
  });

  const impatient = { WORDPRESS_CONFIG_EXTRA: `ini_set('default_socket_timeout', '1');${tellsDatabase}` };
  const stranger = { WORDPRESS_DB_USER: 'stranger', WORDPRESS_DB_PASSWORD: 'made-up-5' };
  const trials: readonly (readonly [string, Trial, string])[] = [
    [
      'a wrong password',
      { variables: { WORDPRESS_DB_PASSWORD: 'guess' } },
      "Access denied for user 'goldencrust_user'@'127.0.0.1' (using password: YES)",
    ],
    [
      'no password',
      { variables: { WORDPRESS_DB_PASSWORD: '' } },
      "Access denied for user 'goldencrust_user'@'127.0.0.1' (using password: NO)",
    ],
    [
      'no privileges',
      { variables: stranger },
      "Access denied for user 'stranger'@'%' to database 'goldencrust_db'",
    ],
    [
      'a host that does not exist',
      { variables: { WORDPRESS_DB_HOST: 'sit-mysql.typo.rds.amazonaws.com:3306' } },
      'php_network_getaddresses: getaddrinfo for sit-mysql.typo.rds.amazonaws.com failed: Name or service not known',
    ],
    ['a closed port', { variables: { WORDPRESS_DB_HOST: `${rdsHost}:3307` } }, 'Connection refused'],
    ['localhost', { variables: { WORDPRESS_DB_HOST: 'localhost' } }, 'No such file or directory'],
    ['a closed security group', { variables: impatient, connect: () => 'timeout' }, 'Connection timed out'],
  ];
  test.each(trials)('%s', async (_, trial, text) => {
    const { page, exit, lines } = await lab.see(trial);
    expect({ status: page?.status, text: page?.text, exit }).toEqual({
      status: 500,
      text: `Database Error ${refusal}`,
      exit: { code: 0 },
    });
    expect(lines.filter((line) => line.includes('WordPress database error:'))).toEqual([
      expect.stringMatching(
        /^\[\w{3} \w{3} \d\d [\d:.]+ \d{4}\] \[php:notice\] \[pid \d+:tid \d+\] \[client 127\.0\.0\.1:\d+\] WordPress database error: /,
      ),
    ]);
    expect(lines.join('\n')).toContain(`WordPress database error: ${text}`);
  });

  test('a database that was dropped, and the installer tells it from a wrong password', async () => {
    lab.sql('DROP DATABASE goldencrust_db');
    const { page, lines } = await lab.see({}, '/wp-admin/install.php');
    lab.sql('CREATE DATABASE goldencrust_db');
    expect(page).toMatchObject({ status: 500, text: expect.stringContaining('Cannot select database') });
    expect(lines.join('\n')).toContain("WordPress database error: Unknown database 'goldencrust_db'");
    const wrong = await lab.see({ variables: { WORDPRESS_DB_PASSWORD: 'guess' } }, '/wp-admin/install.php');
    expect(wrong.page?.text).toContain(`contact with the database server at ${rdsHost}:3306 could not be`);
  });

  test('WordPress itself logs nothing', async () => {
    const variables = { WORDPRESS_DB_PASSWORD: 'guess', WORDPRESS_CONFIG_EXTRA: configExtra };
    const { page, lines } = await lab.see({ variables });
    expect(page).toMatchObject({ status: 500, text: expect.stringContaining(refusal) });
    expect(lines.filter((line) => /\[php:|denied/i.test(line))).toEqual([]);
  });
});

withWordPress('an installed WordPress', () => {
  beforeAll(async () => {
    const first = lab.startWordPress({ volume: installed });
    await first.install();
    await first.end();
  }, 30_000);

  const withPlugin = async (code: string): Promise<Awaited<ReturnType<WordPressLab['see']>>> => {
    await lab.inVolume(
      installed,
      `mkdir -p plugins/broken-forms; printf '%s' '<?php ${code}' >plugins/broken-forms/broken-forms.php`,
    );
    const active = 'a:1:{i:0;s:29:"broken-forms/broken-forms.php";}';
    const set = (value: string) =>
      lab.sql(
        `UPDATE goldencrust_db.wp_options SET option_value='${value}' WHERE option_name='active_plugins'`,
      );
    set(active);
    const seen = await lab.see({ volume: installed });
    set('a:0:{}');
    return seen;
  };

  test.each([
    [
      'an undefined function',
      'no_such_function();',
      /\[php:error\] .* PHP Fatal error: {2}Uncaught Error: Call to undefined function no_such_function\(\) in \/var\/www\/html\/wp-content\/plugins\/broken-forms\/broken-forms\.php:1\\nStack trace:/,
    ],
    [
      'a syntax error',
      'function ( {',
      /PHP Parse error: {2}syntax error, unexpected token .* in \/var\/www\/html\/wp-content\/plugins\/broken-forms\/broken-forms\.php on line 1/,
    ],
    [
      'too much memory',
      '$a = []; while (true) $a[] = str_repeat("x", 1000000);',
      /PHP Fatal error: {2}Allowed memory size of \d+ bytes exhausted \(tried to allocate \d+ bytes\) in .*\/plugins\/broken-forms\//,
    ],
    [
      'too much time',
      'set_time_limit(1); while (true);',
      /PHP Fatal error: {2}Maximum execution time of 1 second exceeded in .*\/plugins\/broken-forms\//,
    ],
  ])('with a plugin of %s', async (_, code, text) => {
    const { page, lines } = await withPlugin(code);
    expect(page).toMatchObject({
      status: 500,
      text: expect.stringContaining('There has been a critical error on this website.'),
    });
    expect(lines.join('\n')).toMatch(text);
  });

  test('with a plugin that ends at once is a white page', async () => {
    const { page } = await withPlugin('exit;');
    expect(page).toMatchObject({ status: 200, text: '' });
  });

  test('without its theme is a white page', async () => {
    const set = (theme: string) =>
      lab.sql(
        `UPDATE goldencrust_db.wp_options SET option_value='${theme}' WHERE option_name IN ('template', 'stylesheet')`,
      );
    set('gone');
    const { page } = await lab.see({ volume: installed });
    set('twentytwentythree');
    expect(page).toMatchObject({ status: 200, text: '' });
  });

  test('that believes in another address sends visitors there', async () => {
    const variables = {
      WORDPRESS_CONFIG_EXTRA: configExtra.replaceAll(site, 'goldencrust.wpdev.kimmyai.io'),
    };
    const { page } = await lab.see({ volume: installed, variables }, '/wp-admin/');
    expect(page?.status).toBe(302);
    expect(page?.location).toMatch(/^https:\/\/goldencrust\.wpdev\.kimmyai\.io\/wp-login\.php/);
  });

  test('that is not told of HTTPS sends visitors to where they are, for ever', async () => {
    const variables = { WORDPRESS_CONFIG_EXTRA: configExtra.replace("$_SERVER['HTTPS'] = 'on';", '') };
    const { page } = await lab.see({ volume: installed, variables }, '/wp-login.php');
    expect(page).toMatchObject({ status: 302, location: `https://${site}/wp-login.php` });
  });

  test('with a mistake in WORDPRESS_CONFIG_EXTRA answers nothing', async () => {
    const variables = { WORDPRESS_CONFIG_EXTRA: "define('WP_HOME', 'https://x'\ndefine('A', 1);" };
    const { page, lines } = await lab.see({ volume: installed, variables });
    expect(page).toMatchObject({ status: 500, text: '' });
    expect(lines.join('\n')).toMatch(
      /PHP Parse error: {2}syntax error, .* in \/var\/www\/html\/wp-config\.php\(\d+\) : eval\(\)'d code on line 2/,
    );
  });
});
