// The task never started because its image is not there, or cannot be run.
import type { Rule, Step } from '../rule.ts';
import { facts, link, pulling, seeImage } from './image-words.ts';
import { type Start, said, unreachable } from './starting.ts';

const release: Step = {
  tenant:
    'Correct `image` in {manifest}, or in the layer below it that has it, then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
  application:
    'Build, push and release again; or go back to the revision before: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --task-definition {previousRevision}`.',
};

export const imageRules: readonly Rule<Start>[] = [
  said({
    id: 'image-architecture',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ["image Manifest does not contain descriptor matching platform 'linux/amd64'"],
    said: [
      /descriptor matching platform '?([\w/]+)?|no match for platform in manifest|image operating system/i,
    ],
    facts: (start, [platform = '']) => ({ ...facts(start), platform: platform || 'its platform' }),
    cause: '{imageName} is not built for {platform}, which task definition {family} asks for.',
    fix: [
      {
        tenant:
          'Ask for the kind that it is built for: `architecture: ARM64` (or `X86_64`) in {manifest}, then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application:
          'Build it for both, and release it: `docker buildx build --platform linux/amd64,linux/arm64 --push --tag {imageName} .`',
      },
      {
        tenant:
          'An image of your own can be built for both: `docker buildx build --platform linux/amd64,linux/arm64 --push --tag {imageName} .`',
        application:
          'Or ask for the kind that it is built for: `runtimePlatform: { cpuArchitecture: ARM64 }` (or `X86_64`) in task definition {family}, and release that.',
      },
    ],
    verify: seeImage,
    link,
  }),
  said({
    id: 'image-not-found',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'CannotPullContainerError: … failed to resolve ref … : not found',
      'manifest unknown',
      'manifest for … not found',
      'The repository with name … does not exist in the registry',
    ],
    said: [/manifest unknown|(?:: |\s)not found\b|repository with name .{1,300}? does not exist/i, pulling],
    facts,
    cause:
      '{imageName} does not exist in its registry: the tag was never pushed, is misspelt, or a lifecycle rule of the repository removed it.',
    fix: ['See which tags are there: `{listTags}`.', release],
    verify: seeImage,
    link,
  }),
  said({
    id: 'image-too-large',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['no space left on device'],
    said: [/no space left on device/i, pulling],
    facts,
    cause:
      "{imageName} does not fit onto the task's disk: Fargate gives 20 GiB, and an image takes its unpacked size too.",
    fix: [
      'Make the image smaller (a build stage of its own for tools; no caches and no content in it), and release it.',
      {
        application:
          'Or give the task more: ephemeralStorage.sizeInGiB (21 to 200) in task definition {family}.',
      },
    ],
    verify: 'A new task of {service} gets beyond PENDING.',
    link,
  }),
  said({
    id: 'registry-ill',
    area: 'start',
    level: 'cause',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['unexpected status … 503 Service Unavailable', 'unexpected EOF', 'connection reset by peer'],
    said: [
      /\b50[0234] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)|unexpected EOF|connection reset by peer/i,
      pulling,
    ],
    facts,
    cause:
      'The registry of {imageName} broke off: a fault of its own, or of the way to it, that mostly passes.',
    fix: [
      'Run the same action again.',
      {
        tenant:
          "Where it lasts, see the registry's status page; an image of Docker Hub is best copied to ECR and named under `image` in {manifest}.",
        application:
          "Where it lasts, see the registry's status page; an image of Docker Hub is best copied to ECR and named in task definition {family}.",
      },
    ],
    verify: seeImage,
    link,
  }),
  said({
    id: 'image-not-pulled',
    area: 'start',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['CannotPullContainerError'],
    said: [/CannotPull\w*Error/, new RegExp(`^(?!.*(?:${unreachable.source}))`, 'is')],
    facts,
    cause: 'ECS could not pull {imageName}.',
    fix: [
      'Pull it yourself with the same name, which tells more: `docker pull {imageName}`.',
      "From a task's subnet: the registry must be reachable at port 443, by NAT gateway or VPC endpoints (ecr.api, ecr.dkr, s3).",
    ],
    verify: seeImage,
    link,
  }),
];
