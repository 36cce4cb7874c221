// PHP's errors: only where the site fails, and never a log's own text in a command.
import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { evidenceOf } from './fixtures.ts';

const plugin = evidenceOf('php-fatal-plugin');

const saying = (from: string, to: string): Evidence =>
  JSON.parse(JSON.stringify(plugin).replaceAll(from, to));

describe("a plugin's fatal error", () => {
  test('names plugin, file and the command that switches it off', () => {
    const [first] = findAll(serviceRules, plugin);
    expect(first?.cause).toContain('The plugin broken-forms');
    expect(first?.fix[0]).toContain(
      '["mv","/var/www/html/wp-content/plugins/broken-forms","/var/www/html/wp-content/plugins/broken-forms.off"]',
    );
  });

  test.each(["x';reboot;'", '$(reboot)', '`reboot`', 'x"]}]}\'|reboot'])(
    'of a plugin named %s puts it into no command',
    (name) => {
      const findings = findAll(serviceRules, saying('broken-forms', JSON.stringify(name).slice(1, -1)));
      expect(
        findings.flatMap(({ fix, verify }) => [...fix, verify]).filter((step) => step.includes('reboot')),
      ).toEqual([]);
    },
  );

  test('in the background of a site that answers is no cause', () => {
    const answered: Evidence = { ...plugin, state: 'late', stopped: [], targets: [], visits: [] };
    expect(findAll(serviceRules, answered).map(({ id }) => id)).not.toContain('php-fatal-plugin');
  });
});

test("a function of a plugin's own is no missing extension of PHP", () => {
  const calling = (name: string): readonly string[] => {
    const text = `PHP Fatal error:  Uncaught Error: Call to undefined function ${name}() in /var/www/html/wp-content/plugins/broken-forms/a.php:7`;
    const logs = plugin.logs.map((log) => ({ ...log, lines: [{ at: plugin.now, text }] }));
    return findAll(serviceRules, { ...plugin, logs }).map(({ id }) => id);
  };
  expect(calling('mbt_get_book')[0]).toBe('php-fatal-plugin');
  expect(calling('xmlsitemap_init')[0]).toBe('php-fatal-plugin');
  expect(calling('mb_strpos')[0]).toBe('php-extension-missing');
});

test('memory that ran out at a high limit asks for a higher one', () => {
  const exhausted = evidenceOf('php-memory-exhausted');
  const [first] = findAll(
    serviceRules,
    JSON.parse(
      JSON.stringify(exhausted).replace(
        /Allowed memory size of \d+/g,
        `Allowed memory size of ${512 * 1024 ** 2}`,
      ),
    ),
  );
  expect(first?.fix[0]).toContain("define('WP_MEMORY_LIMIT', '1024M');");
});

test("a folder's own .htaccess is no cause where the site answers", () => {
  const refused = evidenceOf('apache-htaccess');
  const answered: Evidence = { ...refused, state: 'late', stopped: [], targets: [], visits: [] };
  expect(findAll(serviceRules, answered).map(({ id }) => id)).not.toContain('apache-htaccess');
});
