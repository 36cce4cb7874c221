// What the real programs say when a tenant's WordPress may not use its files, or finds others than it expects.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canRunWordPress, openWordPressLab, type WordPressLab } from './wordpress-lab.ts';

const withWordPress = canRunWordPress ? describe : describe.skip;
const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('Left out: an access point of another user, which only root can play.\n');
const asRoot = isRoot ? test : test.skip;

let lab: WordPressLab;
beforeAll(async () => {
  if (canRunWordPress) lab = await openWordPressLab();
}, 60_000);
afterAll(async () => lab?.close());

withWordPress('a WordPress and its files', () => {
  const tarFailed = 'tar: Exiting with failure status due to previous errors';

  test('that may not write its content folder ends before it serves', async () => {
    const { page, exit, lines } = await lab.see({ access: { uid: 33, gid: 33, permissions: '0555' } });
    expect({ page, exit }).toEqual({ page: undefined, exit: { code: 2 } });
    expect(lines).toEqual(
      expect.arrayContaining(['tar: ./wp-content/plugins: Cannot mkdir: Permission denied', tarFailed]),
    );
  });

  asRoot("of an access point that is not the image's user ends too", async () => {
    const { exit, lines } = await lab.see({ access: { uid: 1000, gid: 1000, permissions: '0755' } });
    expect(exit).toEqual({ code: 2 });
    expect(lines).toEqual(
      expect.arrayContaining([
        'tar: ./wp-content/plugins: Cannot change ownership to uid 33, gid 33: Operation not permitted',
        tarFailed,
      ]),
    );
  });

  const docroot = '/var/www/html';
  const present = 'mkdir -p wp-includes; : >wp-includes/version.php';

  test('with an empty document root is forbidden', async () => {
    await lab.inVolume('fs-1 empty', present);
    const { page, lines } = await lab.see({ volume: 'fs-1 empty', mountPath: docroot });
    expect(page).toMatchObject({ status: 403, text: expect.stringContaining('Forbidden') });
    expect(lines.join('\n')).toContain(
      'AH01276: Cannot serve directory /var/www/html/: No matching DirectoryIndex (index.php,index.html) found',
    );
  });

  test('that may not be read is forbidden', async () => {
    await lab.inVolume('fs-1 unreadable', `${present}; echo '<?php' >index.php; chmod 0 index.php`);
    const { page, lines } = await lab.see({ volume: 'fs-1 unreadable', mountPath: docroot });
    expect(page?.status).toBe(500);
    expect(lines.join('\n')).toMatch(/Failed to open stream: Permission denied in Unknown on line 0/);
  });

  test('whose .htaccess asks for a password', async () => {
    await lab.inVolume(
      'fs-1 auth',
      `${present}; printf 'AuthType Basic\\nAuthName "Soon"\\nAuthUserFile /dev/null\\nRequire valid-user\\n' >.htaccess`,
    );
    const { page } = await lab.see({ volume: 'fs-1 auth', mountPath: docroot });
    expect(page).toMatchObject({ status: 401, text: expect.stringContaining('Unauthorized') });
  });

  test('whose .htaccess is wrong', async () => {
    await lab.inVolume('fs-1 wrong', `${present}; echo Nonsense >.htaccess`);
    const { page, lines } = await lab.see({ volume: 'fs-1 wrong', mountPath: docroot });
    expect(page).toMatchObject({ status: 500, text: expect.stringContaining('Internal Server Error') });
    expect(lines.join('\n')).toContain("/var/www/html/.htaccess: Invalid command 'Nonsense'");
  });
});
