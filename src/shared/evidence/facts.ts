// How the deployment was set up: looked up once, when it failed, as far as the role may look.
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Memory } from './memory.ts';
import { readNetwork } from './network.ts';
import type { Reading } from './reading.ts';
import { readListener, readTargetGroup } from './routing.ts';
import type { Around, Lookup, Scene, Sight } from './scene.ts';

export const readDefinition = async (
  { aws }: Around,
  reading: Reading,
  { definitionArn }: Pick<Memory, 'definitionArn'>,
): Promise<TaskDefinition | undefined> => {
  if (!definitionArn) return undefined;
  const answer = await reading.read('the task definition', () =>
    aws.ecs.describeTaskDefinition({ taskDefinition: definitionArn }),
  );
  return answer?.taskDefinition;
};

/** Task definition, target group, listener, network and secret, each where the scene wants it: as it is now, else as it was known. */
export const withFacts = async (
  { around, scene, reading }: { readonly around: Around; readonly scene: Scene; readonly reading: Reading },
  memory: Memory,
  service: Sight['service'],
): Promise<Memory> => {
  const wants = (lookup: Lookup): boolean => scene.lookups.includes(lookup);
  const arn = wants('target group') ? memory.targetGroupArn : undefined;
  const balancer = wants('listener') ? scene.listener : undefined;
  const name = wants('secret') ? scene.secret : undefined;
  const [definition, targetGroup, listener, secretChanged] = await Promise.all([
    wants('definition') ? readDefinition(around, reading, memory) : undefined,
    arn && readTargetGroup(around, reading, arn),
    balancer && readListener(around, reading, balancer),
    name && readSecretChange(around, reading, name),
  ]);
  const known = {
    ...memory,
    definition: definition ?? memory.definition,
    targetGroup: targetGroup || memory.targetGroup,
    listener: listener || memory.listener,
    secretChanged: secretChanged || memory.secretChanged,
  };
  if (!wants('network') || !service) return known;
  const loadBalancers = known.targetGroup?.loadBalancers ?? [];
  const network = await readNetwork(around, reading, { service, loadBalancers });
  return { ...known, network: network ?? memory.network };
};

/** Nothing is concluded from what the action's role may not look at, and a person should know where to look. */
export const notLookedAt = ({ lookups, facts: { region = '' } }: Scene): readonly string[] =>
  lookups.includes('network')
    ? []
    : [
        `the network (subnets, routes, security groups): this action does not look there; aws ec2 describe-security-groups --region ${region} and describe-route-tables do`,
      ];

const readSecretChange = async (
  { aws }: Around,
  reading: Reading,
  SecretId: string,
): Promise<string | undefined> => {
  const answer = await reading.read(`secret ${SecretId}`, () => aws.secrets.describeSecret({ SecretId }));
  return (answer?.LastChangedDate ?? answer?.CreatedDate)?.toISOString();
};
