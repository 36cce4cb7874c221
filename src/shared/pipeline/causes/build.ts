// How a CodeBuild action fails, told from the build's status, its phases and the end of its log. Pure data.
import { always, hasBuildStatus, isUnread, type Rule, says, showsIn, showsLastIn, unread } from './rule.ts';

const anew = 'A retry builds the same revision again: correct it and publish a new release.';

/** Whatever the build is for. */
export const buildServiceRules: readonly Rule[] = [
  {
    name: 'build-queue-full',
    applies: says(/AccountLimitExceeded|cannot have more than \d+ .*(build|queue)/is),
    what: 'the account runs as many builds at once as it may',
    fix: 'Wait for others to end and retry, or ask AWS for a higher quota of concurrent builds.',
  },
  {
    name: 'build-project-missing',
    applies: says(/project.*(cannot be found|not found|does not exist)|ResourceNotFoundException/is),
    what: 'its CodeBuild project does not exist',
    fix: "Correct the action's ProjectName, or make the project.",
  },
  {
    name: 'build-stopped',
    applies: hasBuildStatus('STOPPED'),
    what: 'somebody stopped the build',
    fix: 'Ask who (CloudTrail, StopBuild); then retry.',
  },
  {
    name: 'build-fault',
    applies: hasBuildStatus('FAULT'),
    what: 'CodeBuild itself failed',
    fix: 'Nothing in the repository is wrong: retry.',
  },
];

export const buildRules: readonly Rule[] = [
  {
    name: 'build-timed-out',
    applies: hasBuildStatus('TIMED_OUT'),
    what: 'the build ran out of time',
    fix: "Look at the end of the log for what it was doing; then raise the project's timeout, take a larger compute type, or use the layer cache (--cache-from).",
  },
  {
    name: 'build-repository-missing',
    applies: showsIn(/name unknown: the repository|RepositoryNotFoundException/i),
    what: 'the ECR repository that the image is pushed to does not exist',
    fix: 'Make the repository, or correct its name in the buildspec; the message names account and region.',
  },
  {
    name: 'build-tag-immutable',
    retry: 'useless',
    applies: showsIn(/image tag .* already exists|ImageTagAlreadyExists|tag is immutable/i),
    what: 'an image with this tag is in ECR already, and tags are immutable there',
    fix: 'Publish a release with a new tag, or let the buildspec skip an image that exists.',
  },
  {
    name: 'build-push-denied',
    applies: showsIn(
      /\becr:\w+|no basic auth credentials|denied: (user|requested access|your authorization)/i,
    ),
    what: 'ECR denied pushing or pulling the image',
    fix: "Log in before (aws ecr get-login-password), and allow the CodeBuild project's role ecr:GetAuthorizationToken and, on the repository, ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, PutImage.",
  },
  {
    name: 'build-pull-limit',
    applies: showsLastIn(/toomanyrequests|pull rate limit/i),
    what: 'the public registry refused the base image: too many pulls',
    fix: 'Retry in some minutes; for good, pull base images through an ECR pull-through cache, or log in to the registry.',
  },
  {
    name: 'build-no-docker',
    applies: showsIn(/cannot connect to the docker daemon/i),
    what: 'the build has no Docker daemon',
    fix: 'Switch on privileged mode of the CodeBuild project.',
  },
  {
    name: 'build-out-of-memory',
    applies: showsIn(
      /heap out of memory|exit (code|status):? 137|cannot allocate memory|\bENOMEM\b|allowed memory size of/i,
    ),
    what: 'the build ran out of memory',
    fix: 'Take a larger compute type for the project (BUILD_GENERAL1_MEDIUM has 7 GB), then retry.',
  },
  {
    name: 'build-disk-full',
    applies: showsIn(/no space left on device/i),
    what: "the build's disk is full",
    fix: 'Take a larger compute type for the project, or prune images in the buildspec; then retry.',
  },
  {
    name: 'build-buildspec',
    retry: 'useless',
    applies: showsIn(/YAML_FILE_ERROR|buildspec.*(not found|does not exist|no such file)/i),
    what: 'its buildspec is missing or is no valid YAML',
    fix: `Correct the buildspec. ${anew}`,
  },
  {
    name: 'build-network',
    applies: showsLastIn(
      /could not resolve host|temporary failure in name resolution|ETIMEDOUT|EAI_AGAIN|tls handshake timeout|network is unreachable/i,
    ),
    what: 'the build could not reach something on the network',
    fix: "Retry; if it stays so, look at the project's VPC, subnets and NAT gateway.",
  },
  {
    name: 'build-unread',
    applies: isUnread,
    what: 'the build failed; its log could not be read',
    fix: unread,
  },
  {
    name: 'build-command',
    retry: 'useless',
    applies: always,
    what: 'a command of the build failed',
    fix: ({ build }) => `The ${build?.tail.length ? 'end of the log' : 'failed phase'} says which. ${anew}`,
  },
];
