// The container started, and ended by itself: the most specific first.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { exitRules } from './container-exits.ts';
import { type Ending, ofEnded, told } from './ending.ts';

const stays =
  'A new task of {service} stays RUNNING: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[runningCount,desiredCount]"`.';

const said: readonly Rule<Ending>[] = [
  told({
    id: 'out-of-memory',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['OutOfMemoryError: Container killed due to memory usage', 'exit code 137'],
    told: /OutOfMemory(?:Error)?\b|killed due to memory usage/,
    cause:
      'Container {endedContainer} was killed: it needed more memory than the {memory} MiB that it may have.',
    fix: [
      {
        tenant:
          'Raise `memory` in {manifest} (with `cpu: 512`: 1024, 2048, 3072 or 4096 MiB), then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application:
          'Raise memory of the container, or of the task, in task definition {family}, and deploy that.',
      },
      "Or let it need less: fewer PHP processes at once (`MaxRequestWorkers` of Apache, `pm.max_children` of php-fpm) times PHP's memory_limit must fit; work in smaller pieces.",
    ],
    verify:
      '`aws cloudwatch get-metric-statistics --region {region} --namespace AWS/ECS --metric-name MemoryUtilization --dimensions Name=ClusterName,Value={cluster} Name=ServiceName,Value={service} --statistics Maximum --period 300 --start-time $(date -u -d -1hour +%FT%TZ) --end-time $(date -u +%FT%TZ)` stays well below 100.',
    link: 'https://github.com/aws/amazon-ecs-agent/issues/1187',
  }),
  told({
    id: 'exec-format-error',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['exec /usr/local/bin/docker-entrypoint.sh: exec format error', 'exec format error'],
    told: /(?:exec (\S{1,200}): )?exec format error/i,
    facts: ([program = '']) => ({ program: program || 'its program' }),
    cause:
      'The image is built for another kind of processor than the task definition asks for (or {program} is a script without `#!` in its first line).',
    fix: [
      {
        tenant:
          'Ask for the kind that it is built for: `architecture: ARM64` (or `X86_64`) in {manifest}, then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application:
          'Build it for both, and release it: `docker buildx build --platform linux/amd64,linux/arm64 --push --tag {endedImage} .`',
      },
      {
        tenant:
          'An image of your own can be built for both: `docker buildx build --platform linux/amd64,linux/arm64 --push --tag {endedImage} .`',
        application:
          'Or ask for the kind that it is built for: `runtimePlatform: { cpuArchitecture: ARM64 }` (or `X86_64`) in task definition {family}, and release that.',
      },
    ],
    verify:
      '`docker manifest inspect {endedImage}` shows the architecture that the task definition asks for.',
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html',
  }),
  told({
    id: 'web-server-misconfigured',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'AH00526: Syntax error on line',
      'AH00534: apache2: Configuration error: More than one MPM loaded.',
      'Invalid command …, perhaps misspelled or defined by a module not included in the server configuration',
      'nginx: [emerg]',
    ],
    told: /(AH00526: .{1,300}|AH00534: .{1,200}|Invalid command .{1,200}|nginx: \[emerg\] (?!bind).{1,300}|configuration file \S{1,200} test failed)/,
    facts: ([complaint = '']) => ({ complaint }),
    cause: 'The web server does not start, because its configuration is wrong: {complaint}',
    fix: [
      'Correct the line that it names in the image (or in the file that is mounted over it), and release the image.',
      'Try it before: `docker run --rm {endedImage} apache2ctl configtest` or `docker run --rm {endedImage} nginx -t`.',
      {
        tenant:
          'Where it began with a new version of the image, name the last good one under `image` in {manifest}, or go back to it: the action rollback-tenant with `environment: {environment}`, `tenant: {tenant}`, `mode: previous-revision`.',
        application:
          'Where it began with a new version of the base image, pin the last good one in the Dockerfile.',
      },
    ],
    verify: stays,
    link: 'https://httpd.apache.org/docs/2.4/programs/apachectl.html',
  }),
  told({
    id: 'port-not-opened',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'AH00072: make_sock: could not bind to address',
      'Address already in use',
      'bind() to 0.0.0.0:80 failed',
      'EADDRINUSE',
    ],
    told: /(could not bind to address \S{1,60}|Address already in use|bind\(\) to \S{1,60} failed|EADDRINUSE\b.{0,60}|listen EACCES.{0,80})/i,
    facts: ([complaint = '']) => ({ complaint }),
    cause:
      'The program could not open its port ({complaint}): another program of the task has it already, or it is below 1024 and the container does not run as root.',
    fix: [
      'Containers of one task share their ports: let each listen on its own.',
      {
        tenant:
          'Where the image has a user other than root, let it listen above 1024, and name that port: `containerPort: 8080` in {manifest}; then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application:
          'Where the image or task definition {family} sets a user other than root, listen above 1024, and name that port in its portMappings.',
      },
    ],
    verify: stays,
  }),
  told({
    id: 'file-system-read-only',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Read-only file system'],
    told: /(?:['"]?(\/[\w./-]{1,200})['"]?\S{0,3} )?Read-only file system/i,
    facts: ([path = '']) => ({ path: path || 'a file' }),
    cause:
      'The container may not write {path}: its root file system, or the volume there, is mounted read-only.',
    fix: [
      {
        tenant:
          'Have the task definition written as it should be: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: task-definition,service`.',
        application:
          'Set readonlyRootFilesystem of the container to false in task definition {family}, or mount a volume where it must write (readOnly of the mount point must be false).',
      },
    ],
    verify: stays,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
  }),
  told({
    id: 'disk-full',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['No space left on device', 'errno=28'],
    told: /No space left on device|errno[= ]28\b/i,
    cause:
      "The task's disk is full: Fargate gives 20 GiB, which image, logs, caches and uploads outside the volume share.",
    fix: [
      {
        tenant:
          'Keep what stays in wp-content, which is on the volume, and caches and dumps small; start with an empty disk: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.',
        application:
          'Write what stays to a volume or S3, keep caches and dumps small, or give the task more: ephemeralStorage.sizeInGiB (21 to 200) in task definition {family}.',
      },
    ],
    verify: stays,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html',
  }),
];

/** Shared with one-off commands, whose containers end for the same reasons. */
export const endCauses: readonly Rule<Ending>[] = [...said, ...exitRules];

export const containerRules: readonly Rule<Evidence>[] = endCauses.map(ofEnded);
