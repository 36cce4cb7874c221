import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canRunWordPress, configExtra, openWordPressLab, site, type WordPressLab } from './wordpress-lab.ts';

const withWordPress = canRunWordPress ? describe : describe.skip;

withWordPress('a real WordPress', () => {
  let lab: WordPressLab;
  beforeAll(async () => {
    lab = await openWordPressLab();
  }, 60_000);
  afterAll(async () => lab.close());

  test('is installed as a visitor would, keeps its site on the volume and tells what the image tells', async () => {
    const fresh = lab.startWordPress({ volume: 'fs-1 site' });
    expect(await fresh.visit()).toMatchObject({
      status: 302,
      location: `https://${site}/wp-admin/install.php`,
    });
    expect(await fresh.install()).toMatchObject({ status: 200, text: expect.stringContaining('Success!') });
    expect(await fresh.visit()).toMatchObject({ status: 200, text: expect.stringContaining('Golden Crust') });
    expect(await fresh.visit('/wp-json/')).toMatchObject({ status: 200 });
    // The load balancer's own check: an installed site sends it to its address without a port.
    expect(await fresh.visit('/', '10.2.32.9:80')).toMatchObject({ status: 301 });
    expect(await fresh.visit('/wp-login.php', '10.2.32.9:80')).toMatchObject({ status: 200 });
    const first = await fresh.end();
    expect(first.exit).toEqual({ code: 0 });
    expect(await fresh.container.request({ path: '/', host: site, headers: {} })).toEqual({
      kind: 'no-answer',
      reason: 'refused',
    });
    const log = first.lines.join('\n');
    expect(log).toMatch(
      /"GET \/ HTTP\/1\.1" 302 \d+ "-" "ELB-HealthChecker\/2\.0"[\s\S]*AH00169: caught SIGTERM, shutting down/,
    );
    expect(log).toContain("AH00094: Command line: 'apache2 -D FOREGROUND'");
    expect(log).not.toContain('sandbox-');
    const second = await lab.see({ volume: 'fs-1 site' });
    expect(second.page).toMatchObject({ status: 200, text: expect.stringContaining('Golden Crust') });
    expect(second.lines.join('\n')).toContain(
      "WARNING: '/var/www/html/wp-content/plugins/akismet' exists! (not copying the WordPress version)",
    );
  }, 30_000);

  test('several share the files of one volume at once', async () => {
    const all = [1, 2, 3].map(() => lab.startWordPress({ volume: 'fs-1 shared' }));
    const pages = await Promise.all(all.map(({ visit }) => visit('/wp-includes/version.php')));
    expect(pages.map((page) => page?.status)).toEqual([200, 200, 200]);
    await Promise.all(all.map(({ end }) => end()));
  }, 30_000);

  test('believes a proxy that says the visitor came by HTTPS', async () => {
    const { container, visit, end } = lab.startWordPress({
      variables: { WORDPRESS_CONFIG_EXTRA: configExtra.replace("$_SERVER['HTTPS'] = 'on';", '') },
      volume: 'fs-1 site',
    });
    expect(await visit('/wp-login.php')).toMatchObject({
      status: 302,
      location: `https://${site}/wp-login.php`,
    });
    const headers = { 'x-forwarded-proto': 'https' };
    expect(await container.request({ path: '/wp-login.php', host: site, headers })).toMatchObject({
      status: 200,
    });
    await end();
  });

  test('is gone with its files when its starter is killed', async () => {
    const module = new URL('../../sandbox/aws/containers/processes.ts', import.meta.url).href;
    const program = `const { createProcessRuntime } = await import('${module}');
      const { runtime } = createProcessRuntime({ web: 'wordpress' });
      const lines = [];
      const spec = { image: 'wordpress:6', entryPoint: [], command: [], environment: { WHERE: '/var/www/html/wp-content' }, port: 80, mounts: [] };
      const container = runtime(spec, { clock: {}, log: (line) => lines.push(line), databases: [] });
      while ((await container.request({ path: '/readme.html', host: 'x', headers: {} })).kind !== 'answer')
        await new Promise((resolve) => setTimeout(resolve, 20));
      const { globSync, readFileSync } = await import('node:fs');
      const children = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ');
      const environment = readFileSync('/proc/' + children[0] + '/environ', 'utf8').split('\\0');
      console.log(environment.find((one) => one.startsWith('SANDBOX_ROOT=')).slice(13));
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const root = await new Promise<string>((resolve) =>
      starter.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    expect(existsSync(root)).toBe(true);
    starter.kill('SIGKILL');
    const deadline = Date.now() + 20_000;
    while (existsSync(root) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(root)).toBe(false);
  }, 30_000);
});
