// How a pipeline's deployment to ECS fails. Why the new tasks ended is told by the service's own rules.
import { about, anything, otherwise, type PipelineEvidence, says } from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';

const verify =
  'Stage {stage} of the next execution of {pipeline} succeeds, and wait-healthy with `application: {application}` passes.';

/** Where the tasks tell nothing any more: ECS forgets them about an hour after they stopped. */
const look = [
  "Read why its tasks stopped, while ECS still knows them: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query 'services[0].events[:10]'`",
  'Read what they wrote last: `aws logs tail {logGroup} --since 1h --region {region}`',
];

export const deployRules: readonly Rule<PipelineEvidence>[] = [
  {
    id: 'deploy-image-definitions',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'permanent' as const,
    sure: 'likely' as const,
    symptoms: [
      'Did not find the image definition file imagedefinitions.json in the input artifacts ZIP file',
    ],
    sees: says(/image ?definitions?\b|imageDefinitions|imageDetail/i),
    cause: 'The build left no usable list of images (imagedefinitions.json) for the deployment.',
    fix: [
      'Let the buildspec write imagedefinitions.json with the task definition\'s container name, and list it under artifacts: `printf \'[{"name":"{container}","imageUri":"%s"}]\' "$IMAGE_URI" > imagedefinitions.json`',
      'Publish a new release.',
    ],
    verify,
  },
  {
    id: 'deploy-circuit-breaker',
    area: 'pipeline' as const,
    level: 'symptom' as const,
    lasts: 'unknown' as const,
    sure: 'likely' as const,
    symptoms: ['ECS deployment circuit breaker: tasks failed to start.'],
    sees: says(/circuit breaker|tasks? failed to start|rolled ?back|rollback/i),
    cause:
      'New tasks of {service} did not become healthy, and the circuit breaker returned the service to its last revision.',
    fix: look,
    verify,
  },
  {
    id: 'deploy-container-name',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'permanent' as const,
    sure: 'likely' as const,
    symptoms: ['The container … does not exist in the task definition'],
    sees: says(/container.*(not found|does not exist|doesn't exist)/is),
    cause: 'File imagedefinitions.json names a container that the task definition does not have.',
    fix: [
      "Write the container name of the task definition into imagedefinitions.json: `aws ecs describe-task-definition --region {region} --task-definition {family} --query 'taskDefinition.containerDefinitions[].name'`",
      'Publish a new release.',
    ],
    verify,
  },
  {
    id: 'deploy-service-missing',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'unknown' as const,
    sure: 'likely' as const,
    symptoms: ['ServiceNotFoundException', 'ClusterNotFoundException'],
    sees: says(
      /(service|cluster).*(not ?found|does not exist|inactive|not active|missing)|ServiceNotFound|ClusterNotFound/is,
    ),
    cause: 'The cluster or service that {pipeline} deploys to does not exist.',
    fix: [
      "Correct the action's ClusterName and ServiceName, or make the service. See what is there: `aws ecs list-services --region {region} --cluster {cluster}`",
    ],
    verify,
  },
  {
    id: 'deploy-timed-out',
    area: 'pipeline' as const,
    level: 'symptom' as const,
    lasts: 'unknown' as const,
    sure: 'likely' as const,
    symptoms: ['The service did not stabilize: the action timed out'],
    sees: says(/timed? ?out|time limit|did not (become|reach|stabili[sz]e)|not stabili[sz]e|steady state/i),
    cause: 'Service {service} did not become stable in time; ECS may still be trying.',
    fix: look,
    verify,
  },
].map(about('deploy'));

/** Where none of `others` says more. */
export const deployOther = (others: readonly Rule<PipelineEvidence>[]): readonly Rule<PipelineEvidence>[] =>
  [
    {
      id: 'deploy-other',
      area: 'pipeline' as const,
      level: 'outcome' as const,
      lasts: 'unknown' as const,
      sure: 'certain' as const,
      symptoms: ['The ECS deployment failed'],
      sees: otherwise(others, (evidence) => (evidence.said ? anything(evidence) : undefined)),
      cause: 'The deployment of {service} failed.',
      fix: look,
      verify,
    },
  ].map(about('deploy'));
