// How a deployment to ECS fails, and how an approval ends that nobody gave. Pure data.
import { always, type Rule, type Scene, says } from './rule.ts';

const lookAtTasks =
  'The stopped tasks and their log say why: a crash at start, a health check, a secret, the image. Their page and the command for their log are below.';

export const deployRules: readonly Rule[] = [
  {
    name: 'deploy-image-definitions',
    retry: 'useless',
    applies: says(/image ?definitions?\b|imageDefinitions|imageDetail/i),
    what: 'the build left no usable list of images for it (imagedefinitions.json)',
    fix: "Let the buildspec write imagedefinitions.json with the task definition's container name, and list it under artifacts; then publish a new release.",
  },
  {
    name: 'deploy-circuit-breaker',
    applies: says(/circuit breaker|tasks? failed to start|rolled ?back|rollback/i),
    what: 'new tasks did not become healthy, and the circuit breaker returned the service to its last revision',
    fix: lookAtTasks,
  },
  {
    name: 'deploy-container-name',
    retry: 'useless',
    applies: says(/container.*(not found|does not exist|doesn't exist)/is),
    what: 'imagedefinitions.json names a container that the task definition does not have',
    fix: 'Write the container name of the task definition into imagedefinitions.json, and publish a new release.',
  },
  {
    name: 'deploy-service-missing',
    applies: says(
      /(service|cluster).*(not ?found|does not exist|inactive|not active|missing)|ServiceNotFound|ClusterNotFound/is,
    ),
    what: 'its cluster or service does not exist',
    fix: "Correct the action's ClusterName and ServiceName, or make the service.",
  },
  {
    name: 'deploy-timed-out',
    applies: says(
      /timed? ?out|time limit|did not (become|reach|stabili[sz]e)|not stabili[sz]e|steady state/i,
    ),
    what: 'the service did not become stable in time',
    fix: `ECS may still be trying. ${lookAtTasks}`,
  },
  { name: 'deploy-other', applies: always, what: 'the deployment failed', fix: lookAtTasks },
];

const expired = says(/timed? ?out|expired|time limit|no (approval|response|answer)|within the/i);

export const isAnswered = ({ run }: Scene): boolean => run.updatedBy !== undefined && run.error === undefined;

export const approvalRules: readonly Rule[] = [
  {
    name: 'approval-timed-out',
    applies: (scene) => !isAnswered(scene) && (expired(scene) || scene.run.updatedBy === undefined),
    retry: 'useless',
    what: 'nobody answered the approval in time',
    fix: 'Nothing after it was deployed. Start a new run of the workflow, and answer the approval in time.',
  },
  {
    name: 'approval-rejected',
    retry: 'useless',
    applies: always,
    what: 'the approval was rejected',
    fix: 'Nothing after it was deployed. Settle why with whoever rejected it, then start a new run of the workflow.',
  },
];
