// Whose task starts, and where: what looking for its secrets, images and file systems goes by.
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Cloud } from '../cloud.ts';
import type { Neighbours } from '../ports.ts';
import type { TaskRecord } from './records.ts';

export type ResourceRequest = {
  readonly neighbours: Neighbours;
  readonly definition: TaskDefinition;
  readonly executionRole: string | undefined;
  readonly cloud: Pick<Cloud, 'accountId' | 'region'>;
  readonly task: Pick<TaskRecord, 'id' | 'network'>;
};
