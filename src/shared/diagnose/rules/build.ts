// How the build of an image fails, told from its phases and the end of its log.
import { about, hasBuildStatus, type PipelineEvidence, showsIn, showsLastIn } from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';
import { anew, type BuildRule, ofBuilds } from './build-service.ts';

const ofImages: readonly BuildRule[] = [
  {
    id: 'build-timed-out',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['Build terminated with state: TIMED_OUT'],
    sees: hasBuildStatus('TIMED_OUT'),
    cause: 'The build ran out of time.',
    fix: [
      'Give the project more: `aws codebuild update-project --region {region} --name {project} --timeout-in-minutes 60`, or a larger compute type. The end of the log says what it was doing.',
      'Use the layer cache (`--cache-from`) in the buildspec.',
    ],
  },
  {
    id: 'build-repository-missing',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['name unknown: The repository with name', 'RepositoryNotFoundException'],
    sees: showsIn(/name unknown: the repository|RepositoryNotFoundException/i),
    cause: 'The ECR repository that the image is pushed to does not exist.',
    fix: [
      'Make it, or correct its name in the buildspec: the message names account and repository. See what is there: `aws ecr describe-repositories --region {region} --query "repositories[].repositoryName"`',
    ],
  },
  {
    id: 'build-tag-immutable',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['ImageTagAlreadyExistsException', 'cannot be overwritten because the repository is immutable'],
    sees: showsIn(/image tag .* already exists|ImageTagAlreadyExists|tag is immutable/i),
    cause: 'An image with this tag is in ECR already, and tags are immutable there.',
    fix: ['Publish a release with a new tag, or let the buildspec skip an image that exists.'],
  },
  {
    id: 'build-push-denied',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: [
      'no basic auth credentials',
      'denied: requested access to the resource is denied',
      'is not authorized to perform: ecr:InitiateLayerUpload',
    ],
    sees: showsIn(/\becr:\w+|no basic auth credentials|denied: (user|requested access|your authorization)/i),
    cause: 'ECR denied pushing or pulling the image.',
    fix: [
      'Log in before it in the buildspec: `aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin <account>.dkr.ecr.{region}.amazonaws.com`',
      'Allow the role of project {project} ecr:GetAuthorizationToken and, on the repository, ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, PutImage.',
    ],
  },
  {
    id: 'build-pull-limit',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['toomanyrequests: You have reached your pull rate limit'],
    sees: showsLastIn(/toomanyrequests|pull rate limit/i),
    cause: 'The public registry refused the base image: too many pulls.',
    fix: [
      'Retry in some minutes.',
      'For good, pull base images through an ECR pull-through cache, or log in to the registry in the buildspec.',
    ],
  },
  {
    id: 'build-no-docker',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock'],
    sees: showsIn(/cannot connect to the docker daemon/i),
    cause: 'The build has no Docker daemon.',
    fix: ['Switch on privileged mode of project {project} (`privileged_mode = true` in its Terraform).'],
  },
  {
    id: 'build-out-of-memory',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['JavaScript heap out of memory', 'exit code 137', 'Allowed memory size of', 'ENOMEM'],
    sees: showsIn(
      /heap out of memory|exit (code|status):? 137|cannot allocate memory|\bENOMEM\b|allowed memory size of/i,
    ),
    cause: 'The build ran out of memory.',
    fix: ['Take a larger compute type for project {project} (BUILD_GENERAL1_MEDIUM has 7 GB), then retry.'],
  },
  {
    id: 'build-disk-full',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['no space left on device'],
    sees: showsIn(/no space left on device/i),
    cause: "The build's disk is full.",
    fix: ['Take a larger compute type for project {project}, or prune images in the buildspec; then retry.'],
  },
  {
    id: 'build-buildspec',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['YAML_FILE_ERROR'],
    sees: showsIn(/YAML_FILE_ERROR|buildspec.*(not found|does not exist|no such file)/i),
    cause: 'The buildspec is missing or is no valid YAML.',
    fix: [`Correct the buildspec. ${anew}`],
  },
  {
    id: 'build-network',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['ETIMEDOUT', 'Could not resolve host', 'Temporary failure in name resolution'],
    sees: showsLastIn(
      /could not resolve host|temporary failure in name resolution|ETIMEDOUT|EAI_AGAIN|tls handshake timeout|network is unreachable/i,
    ),
    cause: 'The build could not reach something on the network.',
    fix: [
      'Retry.',
      'If it stays so, see that the subnets of project {project} lead to a NAT gateway: `aws codebuild batch-get-projects --region {region} --names {project} --query "projects[].vpcConfig"`',
    ],
  },
];

export const buildRules: readonly Rule<PipelineEvidence>[] = ofImages.map(ofBuilds).map(about('build'));
