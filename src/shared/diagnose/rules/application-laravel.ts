// What Laravel and PHP say in an application's log when something of their own is missing or wrong.
import { inLines, type LogEvidence } from '../log-evidence.ts';
import type { Rule } from '../rule.ts';
import { lookAtSettings, newRelease, putIn, works } from './application-words.ts';

type LaravelRule = Omit<Rule<LogEvidence>, 'area' | 'verify' | 'level'> &
  Partial<Pick<Rule<LogEvidence>, 'level'>>;

const lookAtSecrets =
  '`aws ecs describe-task-definition --region {region} --task-definition {family} --query "taskDefinition.containerDefinitions[].secrets[]" --output table`';

const configuration: readonly LaravelRule[] = [
  {
    id: 'application-app-key',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'No application encryption key has been specified.',
      'Unsupported cipher or incorrect key length. Supported ciphers are: aes-128-cbc, aes-256-cbc',
    ],
    sees: inLines(/No application encryption key|Unsupported cipher or incorrect key length/i),
    cause: 'APP_KEY of {service} is missing, or is no key of Laravel.',
    fix: [
      `Give the task definition of {family} a secret APP_KEY whose value is base64: and 32 bytes (\`php artisan key:generate --show\` makes one; never change the one that data is encrypted with): ${lookAtSecrets}`,
      putIn,
    ],
  },
  {
    id: 'application-app-key-changed',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'Illuminate\\Contracts\\Encryption\\DecryptException: The MAC is invalid.',
      'The payload is invalid.',
    ],
    sees: inLines(/DecryptException.*(?:MAC|payload) is invalid|\bThe (?:MAC|payload) is invalid\b/i),
    cause: 'What {service} reads was encrypted with another APP_KEY than it has now.',
    fix: [
      `All services must have the same APP_KEY: compare valueFrom in each task definition (${lookAtSecrets}).`,
      'Put the earlier key back; a key that was rotated stays readable with APP_PREVIOUS_KEYS.',
    ],
  },
  {
    id: 'application-maintenance',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['503 Service Unavailable', 'Application is in maintenance mode'],
    sees: inLines(/Application is (?:now |already )?in maintenance mode|MaintenanceModeException/i),
    cause:
      '{service} is in maintenance mode (php artisan down), so it answers 503 to everybody, health checks too.',
    fix: [
      'End it: run-db-init with `operation: command`, `service: {name}`, `command: php artisan up` where the driver is cache. With the driver file (the usual one) that reaches no other task, and a new task is up by itself: run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}`.',
    ],
  },
  {
    id: 'application-tenant-domain',
    lasts: 'unknown',
    sure: 'likely',
    level: 'symptom',
    symptoms: ['Tenant could not be identified on domain'],
    sees: inLines(/Tenant could not be identified on domain ([\w.-]+)/i, ([, domain = '']) => ({ domain })),
    cause:
      'No tenant of {service} has the domain {domain}: it is not there yet, or TENANT_PRIMARY_DOMAIN is another domain.',
    fix: [
      `Compare TENANT_PRIMARY_DOMAIN with the domain: ${lookAtSettings}`,
      'A load balancer visits by address: give its health check a path that needs no tenant (/up).',
    ],
  },
  {
    id: 'application-storage-permission',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'The stream or file "/var/www/html/storage/logs/laravel.log" could not be opened in append mode: Failed to open stream: Permission denied',
      'Please provide a valid cache path.',
    ],
    sees: inLines(
      /could not be opened in append mode.*Permission denied|file_put_contents\([^)]*storage\/[^)]*\).*Permission denied|Please provide a valid cache path|bootstrap\/cache directory must be present and writable/i,
    ),
    cause:
      "The image's storage or bootstrap/cache folder is missing, or its program's user may not write there.",
    fix: [
      'In the Dockerfile, as the last steps: `RUN mkdir -p storage/framework/cache storage/framework/sessions storage/framework/views bootstrap/cache && chown -R www-data:www-data storage bootstrap/cache`. Let it log to stderr: LOG_CHANNEL=stderr.',
      newRelease,
    ],
  },
];

const program: readonly LaravelRule[] = [
  {
    id: 'application-vendor-missing',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Failed to open stream: No such file or directory … vendor/autoload.php'],
    sees: inLines(
      /vendor\/autoload\.php.*(?:No such file|Failed opening required)|Failed opening required '[^']*vendor\/autoload\.php/i,
    ),
    cause:
      'The image of {service} has no vendor folder: composer install did not run in its build, or a volume hides it.',
    fix: [
      'Run `composer install --no-dev --optimize-autoloader` in the Dockerfile, and put vendor into .dockerignore.',
      newRelease,
    ],
  },
  {
    id: 'application-class-missing',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'PHP Fatal error:  Uncaught Error: Class "App\\Providers\\AppServiceProvider" not found',
      'PHP Parse error: syntax error, unexpected',
      'Call to undefined function',
    ],
    sees: inLines(
      /(?:Uncaught Error: |Fatal error: +)(?:Class|Interface|Trait|Enum) "(?!\\{0,2}(?:Predis|Redis)\b)([^"]+)" not found|(?:PHP )?Parse error: +(.{1,200})|Uncaught Error: (Call to undefined (?:function|method) [^\s(]+)|Fatal error: +(Cannot (?:re)?declare .{1,120})/i,
      ([, name, ...rest]) => ({ wrong: name ? `class ${name} is not there` : (rest.find(Boolean) ?? '') }),
    ),
    cause: 'The program of {service} cannot run as it was built: {wrong}.',
    fix: [
      newRelease,
      'Where it runs elsewhere: file names are case-sensitive in the image, and `composer dump-autoload --optimize` belongs into its build.',
    ],
  },
  {
    id: 'application-memory-limit',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted'],
    sees: inLines(/Allowed memory size of (\d+) bytes exhausted/i, ([, bytes = '0']) => ({
      limit: `${Math.round(Number(bytes) / 1_048_576)} MB`,
    })),
    cause: "PHP's own memory_limit ({limit}) was reached in {service}.",
    fix: [
      'Raise memory_limit in the image (php.ini, or `php -d memory_limit=512M artisan …` for a command), below the memory of the task definition of {family}; or do the work in smaller pieces.',
    ],
  },
  {
    id: 'application-vite-manifest',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Vite manifest not found at: /var/www/html/public/build/manifest.json'],
    sees: inLines(/Vite manifest not found|Unable to locate file in Vite manifest/i),
    cause: 'The image of {service} lacks the built front end (public/build).',
    fix: [
      'Run `npm ci && npm run build` in its Dockerfile and copy public/build into the last stage.',
      newRelease,
    ],
  },
];

const commands: readonly LaravelRule[] = [
  {
    id: 'application-artisan-asks',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['APPLICATION IN PRODUCTION.', 'Are you sure you want to run this command?'],
    sees: inLines(/APPLICATION IN PRODUCTION|Are you sure you want to run this command/i),
    cause: 'artisan asked a question that nobody can answer.',
    fix: ['Add `--force` to the command.'],
  },
  {
    id: 'application-artisan-missing',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Could not open input file: artisan'],
    sees: inLines(/Could not open input file: artisan/i),
    cause: "artisan is not in the image's working directory.",
    fix: [
      'Name its whole path: `php /var/www/html/artisan …`, or set workingDirectory in the task definition of {family}.',
    ],
  },
  {
    id: 'application-artisan-unknown',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'Command "queue:faild" is not defined.',
      'There are no commands defined in the "tenants" namespace.',
    ],
    sees: inLines(/There are no commands defined|Command "[^"]+" is not defined/i),
    cause: 'artisan has no such command in this image.',
    fix: [
      'Check its spelling, and that the release with it is deployed: run-db-init with `operation: command`, `service: {name}`, `command: php artisan list`.',
    ],
  },
];

export const applicationLaravelRules: readonly Rule<LogEvidence>[] = [
  ...configuration,
  ...program,
  ...commands,
].map((rule) => ({ level: 'cause', ...rule, area: 'application', verify: works }));
