// The runbook's Issue 5 with real WordPress and a real database, through the committed actions: what somebody broke is
// named in one annotation, its fix works, and so it is with the other ways in which a site of WordPress really fails.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canRunWordPress, openPilot, type Pilot } from './wordpress-kit.ts';

const withWordPress = canRunWordPress ? describe : describe.skip;

let pilot: Pilot;
beforeAll(async () => {
  if (!canRunWordPress) return;
  pilot = await openPilot();
  await pilot.succeed('provision-tenant', { steps: 'secret,access' });
  await pilot.succeed('run-db-init', { operation: 'init' });
  await pilot.succeed('provision-tenant');
}, 60_000);
afterAll(async () => {
  await pilot?.close();
}, 60_000);

/** Once more, until it is healthy. */
const recovers = async (): Promise<void> => {
  const { exitCode, annotations } = await pilot.wait('1');
  expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] });
};

/** Fails with one annotation, whose rule is one of these. */
const fails = async (rule: string | RegExp, minutes?: string): Promise<string> => {
  const { exitCode, annotations, summary } = await pilot.wait(minutes);
  expect(exitCode).toBe(1);
  expect(annotations).toEqual([
    expect.stringMatching(
      new RegExp(`docs/troubleshooting.md#${typeof rule === 'string' ? rule : rule.source}`),
    ),
  ]);
  expect(summary).toMatch(/### goldencrust(, likely)?: /);
  return annotations[0] ?? '';
};

withWordPress("the runbook's Issue 5", () => {
  test('a fresh WordPress is healthy', recovers);

  test('a changed password ends in one annotation with credentials, secret, log line and command', async () => {
    pilot.sql("ALTER USER goldencrust_user IDENTIFIED BY 'made-up-and-other'");
    // The task that served before has an outdated password; the one after it was never let in. Whichever was seen by then.
    const annotation = await fails(/database-(access-denied|password-outdated)/);
    expect(annotation).toMatch(
      /^goldencrust(: The database refuses goldencrust_user with the password of secret|, likely: Task \w+ holds an outdated password of goldencrust_user)/,
    );
    expect(annotation).toContain('sit-goldencrust-db-credentials');
    expect(annotation).toContain("Access denied for user 'goldencrust_user'@");
    expect(annotation).toMatch(/run-db-init[^.]*tenant: goldencrust[^.]*operation: init/s);
    expect(annotation).not.toContain('made-up-and-other');
  });

  test('its fix makes it healthy', async () => {
    await pilot.succeed('run-db-init', { operation: 'init' });
    await recovers();
  });
});

withWordPress('another real failure', () => {
  test('a dropped database, and init makes it again', async () => {
    pilot.sql('DROP DATABASE goldencrust_db');
    const annotation = await fails('database-missing');
    expect(annotation).toContain("Unknown database 'goldencrust_db'");
    await pilot.succeed('run-db-init', { operation: 'init' });
    await recovers();
  });

  test('a revoked grant, and init gives it again', async () => {
    pilot.sql('REVOKE ALL PRIVILEGES, GRANT OPTION FROM goldencrust_user');
    const annotation = await fails('database-no-grant');
    expect(annotation).toContain("to database 'goldencrust_db'");
    await pilot.succeed('run-db-init', { operation: 'init' });
  });

  const configure = async (change: (text: string) => string): Promise<void> => {
    const defaults = 'fleet/defaults.yml';
    await pilot.workspace.edit(defaults, change(await pilot.workspace.read(defaults)));
    await pilot.succeed('provision-tenant');
  };
  const dev = 'https://{tenant}.wpdev.kimmyai.io';

  test('a home URL of another environment', async () => {
    await configure((text) => text.replaceAll('https://{host}', dev));
    const annotation = await fails('wordpress-redirect-elsewhere', '1');
    expect(annotation).toContain('goldencrust.wpdev.kimmyai.io');
  });

  test('the right one is healthy, but whoever logs in goes round in a circle where PHP does not know of HTTPS', async () => {
    await configure((text) =>
      text.replaceAll(dev, 'https://{host}').replace("$_SERVER['HTTPS'] = 'on';", ''),
    );
    await recovers();
    await pilot.install();
    expect((await pilot.findingsAt('/wp-login.php'))[0]).toBe('wordpress-redirect-loop');
  });

  test('a plugin of a fatal error in an installed WordPress', async () => {
    await recovers();
    const plugin = join(await pilot.content(), 'plugins', 'broken-forms');
    await mkdir(plugin, { recursive: true });
    await writeFile(join(plugin, 'broken-forms.php'), '<?php no_such_function();');
    const activate = (plugins: string): string =>
      pilot.sql(
        `UPDATE goldencrust_db.wp_options SET option_value='${plugins}' WHERE option_name='active_plugins'`,
      );
    activate('a:1:{i:0;s:29:"broken-forms/broken-forms.php";}');
    const annotation = await fails('php-fatal-plugin');
    expect(annotation).toContain('broken-forms');
    activate('a:0:{}');
    await recovers();
  });

  test('a content folder that WordPress may not enter ends the wait as soon as two tasks failed', async () => {
    const content = await pilot.content();
    await chmod(content, 0o000);
    await pilot.restart();
    const annotation = await fails('files-not-writable', '1');
    expect(annotation).toContain('Permission denied');
    await chmod(content, 0o755);
    await pilot.restart();
    await recovers();
  });
});
