// PHP ends with a fatal error: in a plugin, a theme, the manifest's own lines, or WordPress. The log names file and line.
import type { Evidence } from '../evidence.ts';
import type { Rule, Sighting } from '../rule.ts';
import { inLog, lastPages, onlyOver, whereSiteFails } from './sight.ts';
import { disableFolder, redeploy, rollBack } from './site-steps.ts';

const likely = { area: 'wordpress', level: 'cause', lasts: 'permanent', sure: 'likely' } as const;
const certain = { ...likely, sure: 'certain' } as const;
const link = 'https://developer.wordpress.org/advanced-administration/debug/debug-wordpress/';

/**
 * The place stands at the end of PHP's first line: `… in /path/file.php:12` or `… in /path/file.php on line 12`.
 * What goes into a command is spelt with `letter`s that no shell obeys.
 */
const fatalIn = (path: string, letter = String.raw`[^\s:]`): RegExp =>
  new RegExp(
    String.raw`PHP (?:Fatal|Parse) error: {1,4}(.{1,500}?) in (\/${letter}{0,200}${path}${letter}{0,200})(?::| on line )(\d{1,6})`,
  );

const inPart = (kind: 'plugins' | 'mu-plugins' | 'themes'): Rule<Evidence>['sees'] =>
  whereSiteFails(
    inLog(
      fatalIn(String.raw`\/wp-content\/${kind}\/[\w.-]{1,100}`, String.raw`[\w./-]`),
      ([, said = '', file = '', line = '']) => {
        const end = file.indexOf(`/${kind}/`) + kind.length + 2;
        const [name = ''] = file.slice(end).split('/');
        return { said, file, line, part: name, folder: `${file.slice(0, end)}${name}` };
      },
    ),
  );

const place = ([, said = '', file = '', line = '']: RegExpExecArray): Record<string, string> => ({
  said,
  file,
  line,
});

/** What WordPress names itself: no plugin's or theme's file. */
const elsewhere = (evidence: Evidence): Sighting | undefined =>
  ['plugins', 'mu-plugins', 'themes'].some((kind) =>
    fatalIn(`/wp-content/${kind}/`).test(newestFatal(evidence)),
  )
    ? undefined
    : inLog(fatalIn(''), place)(evidence);

const newestFatal = (evidence: Evidence): string => inLog(fatalIn(''))(evidence)?.proof[0]?.text ?? '';

export const phpRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'php-memory-exhausted',
    symptoms: ['PHP Fatal error: … Allowed memory size of … bytes exhausted (tried to allocate … bytes)'],
    sees: whereSiteFails(
      inLog(
        /Allowed memory size of (\d{1,15}) bytes exhausted.{0,200}? in (\/[^\s:]{1,400})/,
        ([, bytes = '', file = '']) => ({
          limit: String(Math.round(Number(bytes) / 1024 ** 2)),
          wanted: String(Math.max(256, Math.round((2 * Number(bytes)) / 1024 ** 2))),
          file,
        }),
      ),
    ),
    cause: "PHP's memory limit of {limit} MiB is too small for the site; it was reached in {file}.",
    fix: [
      "Raise it: in {manifest}, add a line to `variables: { WORDPRESS_CONFIG_EXTRA: … }`: `define('WP_MEMORY_LIMIT', '{wanted}M');`, and give the task room for it with `memory: 2048`, so that it is not ended by ECS instead.",
      redeploy,
      'If the limit is reached again, the file above belongs to what leaks: take that plugin or theme out.',
    ],
    verify: 'The log of the new task has no line with `Allowed memory size`, and the site answers.',
    link,
  },
  {
    ...certain,
    id: 'php-extension-missing',
    symptoms: [
      'Your PHP installation appears to be missing the MySQL extension which is required by WordPress',
      'Call to undefined function mysqli_connect()',
    ],
    sees: whereSiteFails(
      inLog(
        /Call to undefined function ((?:mysqli|mb|curl|simplexml|xml|ctype)_\w{1,60}|imagecreate\w{0,60}|gd_info)\(\)/,
        ([, said = '']) => ({ said }),
      ),
    ),
    cause: 'The image {image} has no PHP extension with {said}(), which the site needs.',
    fix: [
      'Take an image that has it, e.g. in {manifest} `image: wordpress:6.8-php8.3-apache`, or install the extension in your own image, e.g. `RUN docker-php-ext-install mysqli`.',
      redeploy,
    ],
    verify: 'The site answers without a 5xx.',
    link: 'https://developer.wordpress.org/advanced-administration/server/requirements/',
  },
  {
    ...certain,
    id: 'wordpress-config-extra',
    symptoms: [
      "PHP Parse error: … syntax error, … in /var/www/html/wp-config.php(…) : eval()'d code on line …",
    ],
    sees: whereSiteFails(
      inLog(
        /PHP Parse error: {1,4}(.{1,500}?) in \/[^\s:]{1,300}wp-config[\w-]{0,20}\.php(?:\(\d{1,6}\) : eval\(\)'d code)?(?::| on line )(\d{1,6})/,
        ([, said = '', line = '']) => ({ said, line }),
      ),
    ),
    cause: 'WORDPRESS_CONFIG_EXTRA is not valid PHP, at its line {line}: {said}.',
    fix: [
      'Correct that line of `variables: { WORDPRESS_CONFIG_EXTRA: … }` in {manifest}; where it is not there, defaults.yml or `defaults` in {environmentManifest} sets it. Single quotes, and a semicolon at the end of each statement.',
      'Try it first: `php -l file.php`, with `<?php` as the first line of the file.',
      redeploy,
    ],
    verify: 'The log of the new task has no line with `PHP Parse error`.',
  },
  {
    ...certain,
    id: 'php-fatal-plugin',
    symptoms: [
      'PHP Fatal error: … in /var/www/html/wp-content/plugins/…',
      'There has been a critical error on this website',
    ],
    sees: (evidence) => inPart('plugins')(evidence) ?? inPart('mu-plugins')(evidence),
    cause: 'The plugin {part} ends every request with a PHP error: {said} ({file} line {line}).',
    fix: [
      `Switch it off by renaming its folder: ${disableFolder}`,
      `If it came with this deployment, go back instead: ${rollBack}`,
      'Then put a version of the plugin there that fits PHP and WordPress of {image}.',
    ],
    verify: 'The log has no further `PHP Fatal error` with {part}, and the site answers.',
    link,
  },
  {
    ...certain,
    id: 'php-fatal-theme',
    symptoms: [
      'PHP Fatal error: … in /var/www/html/wp-content/themes/…',
      'There has been a critical error on this website',
    ],
    sees: inPart('themes'),
    cause: 'The theme {part} ends every request with a PHP error: {said} ({file} line {line}).',
    fix: [
      `Rename its folder: ${disableFolder} Then open Appearance, Themes in wp-admin: WordPress takes its default theme there, and visitors get an empty page until then.`,
      `If it came with this deployment, go back instead: ${rollBack}`,
    ],
    verify: 'The log has no further `PHP Fatal error` with {part}, and the site answers.',
    link,
  },
  {
    ...likely,
    id: 'php-fatal',
    symptoms: ['PHP Fatal error: … Uncaught', 'PHP Parse error: …'],
    sees: whereSiteFails(elsewhere),
    cause: "PHP ends with an error in {file} line {line}, which is no plugin's or theme's: {said}.",
    fix: [
      `If it worked with the image before, go back: ${rollBack}`,
      'A file of WordPress that is cut off or of another version comes from an interrupted update: start a task with a fresh copy from the image. `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`',
    ],
    verify: 'The log has no further `PHP Fatal error`.',
    link,
  },
  {
    area: 'wordpress',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    id: 'wordpress-critical-error',
    symptoms: ['There has been a critical error on this website.'],
    sees: onlyOver((evidence) => {
      const page = lastPages(evidence).find(({ answer }) =>
        /There has been a critical error on this website/.test(answer.excerpt),
      );
      return (
        page && {
          proof: [
            { from: 'http', text: `${page.hop.url} answers ${page.answer.status}: ${page.answer.excerpt}` },
          ],
        }
      );
    }),
    cause: 'PHP ended with an error while WordPress built the page.',
    fix: [
      'Find the error: `aws logs filter-log-events --region {region} --log-group-name {logGroup} --log-stream-name-prefix {tenant}/ --filter-pattern "PHP Fatal" --query "events[-5:].message" --output text`.',
      'If that finds nothing, errors are not logged: in {manifest} `variables: { WORDPRESS_DEBUG: "1" }`, deploy, look again, and take it out again.',
    ],
    verify: 'The site answers without a 5xx.',
    link,
  },
];
