// WordPress itself: what PHP says, what Apache says, and the pages that tell of neither.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { phpRules } from './php.ts';
import { redirectRules } from './redirects.ts';
import { inLog, isOver, lastPages, onPage, tellPage, whereSiteFails } from './sight.ts';
import { redeploy } from './site-steps.ts';

const certain = { area: 'wordpress', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const symptom = { area: 'wordpress', level: 'symptom', lasts: 'unknown', sure: 'certain' } as const;

const apacheRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'apache-htaccess',
    symptoms: [
      ".htaccess: Invalid command '…', perhaps misspelled or defined by a module not included in the server configuration",
      '.htaccess: … not allowed here',
    ],
    sees: whereSiteFails(
      inLog(/(\/[^\s:]{0,300}\.htaccess): (.{1,400})/, ([, file = '', said = '']) => ({ file, said })),
    ),
    cause: 'Apache refuses {file}, and so answers every request below it with 500: {said}.',
    fix: [
      'Correct or delete that line of the file. Below wp-content it is on the file system; above it is in the image, or was written by a plugin into the task alone, and is gone with a new task: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.',
      'Where the line needs a module of Apache, enable it in the image: `RUN a2enmod rewrite headers expires`.',
    ],
    verify: 'The site answers without a 500.',
    link: 'https://httpd.apache.org/docs/2.4/howto/htaccess.html',
  },
  {
    ...certain,
    id: 'image-is-fpm',
    symptoms: ['NOTICE: fpm is running, pid 1', 'NOTICE: ready to handle connections', 'wordpress:…-fpm'],
    sees: (evidence) =>
      isOver(evidence)
        ? inLog(/NOTICE: (?:fpm is running|ready to handle connections)/)(evidence)
        : undefined,
    cause:
      'The image {image} is PHP-FPM without a web server: it speaks FastCGI on port 9000, and the load balancer speaks HTTP.',
    fix: ['Take the variant with Apache: in {manifest} `image: wordpress:6.8-php8.3-apache`.', redeploy],
    verify: 'The log of the new task says `Apache/2.4` and `resuming normal operations`.',
    link: 'https://hub.docker.com/_/wordpress',
  },
];

const pageRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    sure: 'likely',
    id: 'wordpress-tables-missing',
    symptoms: [
      "WordPress database error Table '…' doesn't exist for query",
      "Table '….wp_options' doesn't exist",
      'One or more database tables are unavailable. The database may need to be repaired.',
    ],
    sees: (evidence) =>
      isOver(evidence)
        ? (onPage((_, text) => /One or more database tables are unavailable/.test(text))(evidence) ??
          inLog(/database error:? Table '[^']{1,200}' doesn't exist/)(evidence))
        : undefined,
    cause:
      "Some of WordPress's tables are in database {database}, and some are not: an installation or an import was cut off, or another table prefix is set.",
    fix: [
      'If the site was imported, import all of it again, with the same prefix as `variables: { WORDPRESS_TABLE_PREFIX: … }` in {manifest} (`wp_` where it is not set).',
      "If the tables are damaged, let WordPress repair them: add `define('WP_ALLOW_REPAIR', true);` to WORDPRESS_CONFIG_EXTRA, deploy, open `https://{host}/wp-admin/maint/repair.php`, and take the line out again.",
      'A database without any table is no fault: WordPress then answers 302 to its installer.',
    ],
    verify:
      'The action run-db-init with `operation: verify` counts the tables; the site answers 200, or 302 to /wp-admin/install.php.',
  },
  {
    ...certain,
    lasts: 'passing',
    id: 'wordpress-maintenance',
    symptoms: ['Briefly unavailable for scheduled maintenance. Check back in a minute.'],
    sees: onPage((_, text) => /Briefly unavailable for scheduled maintenance/.test(text)),
    cause:
      'WordPress is in maintenance mode: an update of a plugin or of WordPress is under way, or was cut off and left the file .maintenance behind.',
    fix: [
      'Wait ten minutes: WordPress heeds no .maintenance file that is older, and a task that is replaced in the middle of an update leaves half of its files.',
      'If it lasts, somebody wrote the file by hand (`$upgrading = time();`), or a plugin shows the page. The file lies in the task, not on the file system, so a new task has none: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.',
      'If an update of a plugin was cut off, repeat it afterwards in wp-admin: half of its files may be old.',
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` no longer prints 503.',
  },
  {
    ...certain,
    sure: 'likely',
    id: 'wordpress-not-found',
    symptoms: [
      'Not Found — The requested URL was not found on this server.',
      '404 Not Found',
      'Health checks failed with these codes: [404]',
    ],
    sees: onPage(
      ({ status, headers }, text) =>
        status === 404 &&
        /The requested URL .{0,300}was not found on this server/.test(text) &&
        !/awselb/.test(headers.server ?? ''),
    ),
    cause:
      'The web server in image {image} has no file for {url}: WordPress lies in another folder than the one that is served, or rewriting is off, so that only files that exist are found.',
    fix: [
      'See what the image serves: `docker run --rm {image} ls -la /var/www/html`. WordPress belongs into the folder itself, index.php beside wp-content; the official image copies it there from /usr/src/wordpress.',
      'If only pages below / are missing, let the image have `a2enmod rewrite` and `AllowOverride All`.',
      redeploy,
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints 200 or 302.',
  },
  {
    ...symptom,
    id: 'wordpress-white-page',
    symptoms: ['answers 500', 'HTTP 500 and an empty page', 'white screen of death'],
    sees: (evidence) => {
      const page =
        isOver(evidence) &&
        lastPages(evidence).find(({ answer }) => answer.status === 500 && answer.excerpt.trim() === '');
      return page ? { proof: [tellPage(page)], facts: { url: page.hop.url } } : undefined;
    },
    cause: '{url} answers 500 with an empty page: PHP ended before it wrote anything.',
    fix: [
      'Find the error: `aws logs filter-log-events --region {region} --log-group-name {logGroup} --log-stream-name-prefix {tenant}/ --filter-pattern "?PHP ?AH" --query "events[-10:].message" --output text`.',
      'If that finds nothing, let errors be logged: in {manifest} `variables: { WORDPRESS_DEBUG: "1" }`, deploy, look again, and take it out again.',
    ],
    verify: 'The site answers without a 5xx.',
    link: 'https://developer.wordpress.org/advanced-administration/wordpress/common-errors/',
  },
];

export const wordpressRules: readonly Rule<Evidence>[] = [
  ...phpRules,
  ...apacheRules,
  ...redirectRules,
  ...pageRules,
];
