// The task never started because nothing in its image could be started.
import type { Facts, Rule } from '../rule.ts';
import { imageIn, type Start, said } from './starting.ts';

const runs =
  'A new task of {service} reaches RUNNING: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[runningCount,events[0].message]"`.';

const program = (start: Start, [name = '']: readonly string[]): Facts => ({
  program: name || '<program>',
  imageName: imageIn(start).replace(/^<image>$/, '<its image>'),
});

export const programRules: readonly Rule<Start>[] = [
  said({
    id: 'program-missing',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'executable file not found in $PATH',
      'CannotStartContainerError',
      'no such file or directory',
    ],
    said: [/exec:?\s+\\?"([^"\\\n]{1,200})\\?":?/i, /executable file not found|no such file/i],
    facts: program,
    cause: "The image has no program '{program}', which entry point or command asks for.",
    fix: [
      'Correct the command. Its first word is the program; no shell finds aliases or joins words, so each word is one of its own: ["php", "artisan", "migrate"], not ["php artisan migrate"].',
      'A script of the image needs its whole path, lines that end in LF alone, and a first line whose interpreter is in the image; a volume mounted over its folder hides it.',
    ],
    verify: "`docker run --rm --entrypoint '{program}' {imageName} --version` starts it.",
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html',
  }),
  said({
    id: 'program-not-executable',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['exec: … permission denied', 'CannotStartContainerError'],
    said: [/(?:exec:?\s+\\?"([^"\\\n]{1,200})\\?":?\s{0,3})?permission denied/i],
    facts: program,
    cause: "The command's program may not be executed in the image: {program}.",
    fix: [
      'Run it through its interpreter (`php artisan …`, `sh script.sh`),',
      "or set the file's mode in the image: `RUN chmod +x {program}`.",
    ],
    verify: "`docker run --rm --entrypoint '{program}' {imageName}` starts it.",
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html',
  }),
  said({
    id: 'memory-too-small-to-start',
    area: 'container',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['container init was OOM-killed (memory limit too low?)'],
    said: [/init was OOM-killed/i],
    cause: 'The memory that the task may have is too small even to start the container.',
    fix: [
      {
        tenant:
          'Raise it: `memory: 1024` in {manifest} (with `cpu: 512`: 1024, 2048, 3072 or 4096 MiB), then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application:
          'Raise it: memory of the container, or of the task, in task definition {family}, and deploy that.',
      },
    ],
    verify: runs,
    link: 'https://github.com/aws/amazon-ecs-agent/issues/3021',
  }),
];
