// Names for the texts of the rules that one-off commands share with their service's deployments.
import type { Facts } from '../diagnose/rule.ts';
import type { Application } from '../fleet/application.ts';
import { factsOf, factsOfApplication } from '../services/scene.ts';
import type { Workplace } from './workplace.ts';

export type Whereabouts = {
  readonly application: Application;
  readonly workplace: Pick<Workplace, 'service' | 'definition' | 'container'>;
};

export const factsOfCommand = ({
  application,
  workplace: { service, definition, container },
}: Whereabouts): Facts => {
  const named = application.services.find((one) => one.service === service);
  const memory = container.memory ?? definition.memory;
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } =
    container.logConfiguration?.options ?? {};
  const known = {
    subject: named?.name ?? service,
    service,
    family: definition.family ?? service,
    container: container.name,
    endedContainer: container.name,
    image: container.image,
    endedImage: container.image,
    executionRole: definition.executionRoleArn,
    logGroup: group,
    logStream: prefix && `${prefix}/${container.name}/<task>`,
    memory: memory === undefined ? undefined : String(memory),
  };
  const seen = Object.entries(known).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return {
    ...factsOfApplication(application),
    ...(named ? factsOf(application, named) : {}),
    ...Object.fromEntries(seen),
  };
};

/** `valueFrom` of every secret of the task definition. */
export const secretsOf = ({ definition }: Whereabouts['workplace']): readonly string[] =>
  definition.containerDefinitions?.flatMap(({ secrets = [] }) =>
    secrets.flatMap(({ valueFrom }) => (valueFrom ? [valueFrom] : [])),
  ) ?? [];
