// Exit codes that mean the same everywhere, where nothing that was written says more.
import type { Rule } from '../rule.ts';
import { coded, type Ending, tellEnding } from './ending.ts';

const seeLog = '`aws logs tail {logGroup} --region {region} --since 1h --log-stream-names {logStream}`';

const again = 'A new task of {service} stays RUNNING, or the command ends with exit code 0.';

const tryIt = '`docker run --rm -it --entrypoint sh {endedImage}` lets you look into the image.';

export const exitRules: readonly Rule<Ending>[] = [
  coded({
    code: 127,
    id: 'exit-127',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['exit code 127', 'command not found', 'not found'],
    cause:
      'Container {endedContainer} ended with exit code 127: its program, or one that its script calls, is not in the image.',
    fix: ['Correct the first word of command or entry point, or install what the script calls.', tryIt],
    verify: again,
  }),
  coded({
    code: 126,
    id: 'exit-126',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['exit code 126', 'Permission denied'],
    cause: 'Container {endedContainer} ended with exit code 126: its program may not be executed.',
    fix: [
      "Run it through its interpreter (`php artisan …`, `sh script.sh`), or set the file's mode in the image: `RUN chmod +x <file>`.",
      tryIt,
    ],
    verify: again,
  }),
  coded({
    code: 137,
    id: 'killed',
    area: 'container',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['exit code 137', 'SIGKILL'],
    cause:
      'Container {endedContainer} was killed (SIGKILL, exit code 137). ECS gives no reason; mostly it is for want of memory ({memory} MiB).',
    fix: [
      {
        tenant:
          'Raise `memory` in {manifest} (with `cpu: 512`: 1024, 2048, 3072 or 4096 MiB), then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application: 'Raise memory in task definition {family}, and deploy that.',
      },
      `Where memory was not short (MemoryUtilization of the service in CloudWatch), something in the container ended it: read its log before the end, ${seeLog}.`,
    ],
    verify: again,
    link: 'https://github.com/moby/moby/issues/21083',
  }),
  coded({
    code: 139,
    id: 'crashed',
    area: 'container',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['exit code 139', 'Segmentation fault', 'signal 11'],
    cause:
      'Container {endedContainer} crashed (segmentation fault, exit code 139). Mostly a PHP extension does that, or an image for another processor.',
    fix: [
      {
        tenant:
          'Go back to the revision before: run the action rollback-tenant with `environment: {environment}`, `tenant: {tenant}`, `mode: previous-revision`; then see what changed in the image.',
        application:
          'Go back to the revision before: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --task-definition {previousRevision}`; then see what changed in the image.',
      },
      'Then switch off extensions one by one (opcache.jit first).',
    ],
    verify: again,
  }),
  coded({
    code: 134,
    id: 'aborted',
    area: 'container',
    level: 'cause',
    lasts: 'unknown',
    sure: 'possible',
    symptoms: ['exit code 134', 'Aborted'],
    cause:
      'Container {endedContainer} aborted itself (SIGABRT, exit code 134): a library found its own state broken, or memory ran out inside.',
    fix: [
      `The lines before the end say where: ${seeLog}.`,
      {
        tenant: 'Go back to the last good image, or raise `memory` in {manifest}.',
        application: 'Go back to the last good image, or raise memory in task definition {family}.',
      },
    ],
    verify: again,
  }),
  coded({
    code: 143,
    id: 'asked-to-end',
    area: 'container',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['exit code 143', 'SIGTERM'],
    cause:
      'Container {endedContainer} was asked to end (SIGTERM, exit code 143): another essential container of the task ended first, or something in it sent the signal.',
    fix: [
      'Look which container ended first and why: `aws ecs describe-tasks --region {region} --cluster {cluster} --tasks {task} --query "tasks[].containers[].[name,exitCode,reason]"`. One that may end wants `essential: false` in task definition {family}.',
    ],
    verify: again,
  }),
  coded({
    code: 255,
    id: 'exit-255',
    area: 'container',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['exit code 255', 'PHP Fatal error:  Uncaught'],
    cause:
      'Container {endedContainer} ended with exit code 255: PHP stopped at an error that nothing caught.',
    fix: [
      `The error stands in the log: ${seeLog}.`,
      'Correct it and release again, or go back to the last good image.',
    ],
    verify: again,
  }),
  coded({
    code: 0,
    id: 'ended-by-itself',
    area: 'container',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['Essential container in task exited', 'exit code 0'],
    cause:
      'Container {endedContainer} came to its end without an error (exit code 0), and a service must go on: its command is one that ends, or puts itself into the background.',
    fix: [
      'Let the command stay in the foreground (`apache2-foreground`, `php-fpm --nodaemonize`, `nginx -g "daemon off;"`, `php artisan queue:work`), not a shell or a script that ends.',
      'What is meant to end is no service: run it with run-db-init, `operation: command`.',
    ],
    verify: again,
  }),
  {
    id: 'container-ended',
    area: 'container',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'possible',
    symptoms: ['Essential container in task exited', 'exit code 1'],
    sees: (ending) => (ending.exitCode === 0 ? undefined : { proof: tellEnding(ending) }),
    cause: 'Container {endedContainer} ended by itself with exit code {exitCode}.',
    fix: [
      `What it wrote before: ${seeLog}.`,
      'Compare with the last revision that ran: `aws ecs list-task-definitions --region {region} --family-prefix {family} --sort DESC --max-items 5`.',
    ],
    verify: again,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html',
  },
];
