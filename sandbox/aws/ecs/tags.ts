// Tags of clusters, services, tasks and task definitions, by ARN.
import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceResponse,
  Tag,
  TagResourceCommandInput,
  TagResourceResponse,
  UntagResourceCommandInput,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import { nameOf } from './arns.ts';
import { refuse } from './placement-checks.ts';
import type { Ecs } from './state.ts';

type Tagged = {
  readonly tags: readonly Tag[];
  readonly write: (tags: readonly Tag[]) => void;
};

export const tagResource =
  (ecs: Ecs) =>
  ({ resourceArn = '', tags = [] }: TagResourceCommandInput): TagResourceResponse => {
    const resource = find(ecs, resourceArn);
    const keys = new Set(tags.map(({ key }) => key));
    const merged = [...resource.tags.filter(({ key }) => !keys.has(key)), ...tags];
    if (merged.length > 50) refuse('A resource can have at most 50 tags.');
    resource.write(merged);
    return {};
  };

export const untagResource =
  (ecs: Ecs) =>
  ({ resourceArn = '', tagKeys = [] }: UntagResourceCommandInput): UntagResourceResponse => {
    const resource = find(ecs, resourceArn);
    resource.write(resource.tags.filter(({ key }) => !tagKeys.includes(key ?? '')));
    return {};
  };

export const listTagsForResource =
  (ecs: Ecs) =>
  ({ resourceArn = '' }: ListTagsForResourceCommandInput): ListTagsForResourceResponse => ({
    tags: [...find(ecs, resourceArn).tags],
  });

const find = (ecs: Ecs, arn: string): Tagged => {
  const kind = /^arn:aws:ecs:[^:]+:\d+:(cluster|service|task|task-definition)\//.exec(arn)?.[1];
  if (!kind) refuse('The specified resource ARN is invalid.');
  const found = finders[kind ?? '']?.(ecs, arn);
  if (!found)
    throw new AwsError(
      'ResourceNotFoundException',
      'The specified resource is not found. Check that it is specified correctly.',
    );
  return found;
};

const finders: Readonly<Record<string, (ecs: Ecs, arn: string) => Tagged | undefined>> = {
  cluster: (ecs, arn) => {
    const known = ecs.clusters.get(nameOf(arn));
    return known && { tags: known.tags, write: (tags) => ecs.clusters.set(known.name, { ...known, tags }) };
  },
  service: (ecs, arn) => {
    const known = ecs.services.get(arn);
    if (!known || known.status === 'INACTIVE') return undefined;
    return { tags: known.tags, write: (tags) => ecs.services.set(arn, { ...known, tags }) };
  },
  task: (ecs, arn) => {
    const known = ecs.tasks.get(arn);
    return known && { tags: known.tags, write: (tags) => ecs.tasks.set(arn, { ...known, tags }) };
  },
  'task-definition': (ecs, arn) => {
    const known = ecs.definitions.get(arn);
    return known && { tags: known.tags, write: (tags) => ecs.definitions.set(arn, { ...known, tags }) };
  },
};
