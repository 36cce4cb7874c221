// What the action takes and gives, for a tenant and for an application alike.
import {
  either,
  httpUrl,
  type Inputs,
  matching,
  name,
  names,
  number,
  type Outputs,
  oneOf,
  optional,
  shared,
} from '../../../src/shared/inputs.ts';

export const inputs = {
  ...shared,
  tenant: optional(name),
  application: optional(name),
  services: names,
  'deployment-id': optional(
    matching(/^ecs-svc\/\d+$/, "a deployment's id, ecs-svc/<digits>, as provision-tenant puts out"),
  ),
  probe: optional(either(oneOf('load-balancer', 'off'), httpUrl)),
  'stable-seconds': number('seconds', [0, 3600]),
} as const;

export const outputs = [
  'changed',
  'plan',
  'summary',
  'deployment-id',
  'task-definition-arn',
  'waited-seconds',
  'url',
  'http-status',
  'cause',
  'checks',
] as const;

export type Given = Inputs<typeof inputs>;
export type Reported = Outputs<typeof outputs>;
