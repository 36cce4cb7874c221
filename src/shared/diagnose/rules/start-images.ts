// The task never started because its image could not be had, or not be run.
import type { Rule } from '../rule.ts';
import { imageIn, roleIn, type Start, said, unreachable } from './starting.ts';

const link = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html';

const pulling = /CannotPull|pull image|cannot pull|resolve ref/i;

const facts = (start: Start) => ({ imageName: imageIn(start), role: roleIn(start) });

const release =
  "A tenant's image stands under `image` in {manifest} or a layer below it: correct it there and run provision-tenant and wait-healthy again. An application's comes from its release: build, push and release again.";

const seeImage =
  '`docker manifest inspect {imageName}` (after `docker login`) shows it with its architectures.';

export const imageRules: readonly Rule<Start>[] = [
  said({
    id: 'image-rate-limited',
    area: 'start',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['toomanyrequests: You have reached your pull rate limit.', '429 Too Many Requests'],
    said: [/toomanyrequests|pull rate limit|429 Too Many Requests/i],
    facts,
    cause:
      'The registry refuses to hand out {imageName}: too many pulls from this address. Docker Hub counts all tasks behind one NAT gateway as one visitor.',
    fix: [
      'Copy the image to ECR once: `docker pull {imageName} && docker tag {imageName} <account>.dkr.ecr.{region}.amazonaws.com/<repository>:<tag> && docker push <account>.dkr.ecr.{region}.amazonaws.com/<repository>:<tag>`, or make a pull-through cache (`aws ecr create-pull-through-cache-rule --region {region} …`).',
      'Name that image: `image` in {manifest} or a layer below it for a tenant, the task definition for an application.',
      'To get through at once, wait some hours (Docker Hub counts six) and run again.',
    ],
    verify: 'A new task of {service} gets beyond PENDING; with an image of ECR the limit does not exist.',
    link,
  }),
  said({
    id: 'image-pull-denied',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'certain',
    symptoms: [
      'is not authorized to perform: ecr:BatchGetImage',
      'is not authorized to perform: ecr:GetAuthorizationToken',
      'unexpected status from HEAD request to … 403 Forbidden',
    ],
    said: [/(?:not authorized to perform: ecr:|AccessDenied\w*: .{0,300}\becr:|403 Forbidden)/i],
    facts,
    cause: 'Role {role}, with which ECS starts the task, may not pull {imageName}.',
    fix: [
      '`aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy` lets it pull from every ECR repository of the account.',
      'A repository of another account needs a policy of its own that lets this account `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`: `aws ecr get-repository-policy --region {region} --repository-name <repository>`.',
    ],
    verify: 'A minute later, a new task of {service} gets beyond PENDING.',
    link,
  }),
  said({
    // Registries do not tell a stranger which of their repositories exist.
    id: 'image-refused',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'likely',
    symptoms: [
      'pull access denied, repository does not exist or may require authorization',
      'no basic auth credentials',
      'insufficient_scope: authorization failed',
    ],
    said: [
      /access denied|no basic auth|authorization failed|failed to authorize|401 Unauthorized/i,
      pulling,
      /^(?!.*perform: ecr:)/is,
    ],
    facts,
    cause:
      'The registry refuses to hand out {imageName}: there is no such repository, or it may not be pulled from there; the registry does not say which.',
    fix: [
      'Compare account, region and repository of {imageName} with the registry first. ECR: `aws ecr describe-repositories --region {region} --query "repositories[].repositoryUri"`.',
      'Where they are right and it is ECR, role {role} lacks `ecr:GetAuthorizationToken`, `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`: `aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`.',
      'A private image of another registry needs repositoryCredentials in the task definition; for tenants copy it to ECR.',
    ],
    verify: seeImage,
    link,
  }),
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
      'Build it for both: `docker buildx build --platform linux/amd64,linux/arm64 --push --tag {imageName} .`',
      "Or ask for the kind it is built for: `architecture: ARM64` (or `X86_64`) in {manifest} for a tenant, runtimePlatform.cpuArchitecture in an application's task definition.",
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
    fix: [
      'See what is there. ECR: `aws ecr describe-images --region {region} --repository-name <repository> --query "imageDetails[].imageTags[]"`; elsewhere the page of the image.',
      release,
    ],
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
      'Or give the task more: ephemeralStorage.sizeInGiB (21 to 200) in the task definition.',
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
      "Where it lasts: the registry's status page; for images of Docker Hub, copy the image to ECR and name that in {manifest} or the task definition.",
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
