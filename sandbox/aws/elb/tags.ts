// Tags of load balancers, listeners, rules and target groups. Reads lag, as those of their resources do.
import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../cloud.ts';
import { invalid, notFound } from './refusals.ts';
import type { ElbState, Tags } from './state.ts';

const mostTags = 50;
const mostArns = 20;

/** Tags after adding `list`. Throws DuplicateTagKeys, TooManyTags, ValidationError. */
export const withTags = (before: Tags, list: readonly Tag[]): Tags => {
  const keys = list.map(({ Key = '' }) => Key);
  if (new Set(keys).size < keys.length)
    throw new AwsError('DuplicateTagKeys', 'Tag keys must be unique in a request');
  const reserved = keys.filter((key) => /^aws:/i.test(key));
  if (reserved.length > 0)
    throw invalid(`Tag keys starting with 'aws:' are reserved: ${reserved.join(', ')}`);
  const after = { ...before, ...Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value])) };
  if (Object.keys(after).length > mostTags)
    throw new AwsError('TooManyTags', `A resource can have at most ${mostTags} tags`);
  return after;
};

/** `get` sees writes at once, `read` as late as AWS's readers do. */
const demandResource = (state: ElbState, arn: string, look: 'get' | 'read'): void => {
  const kind = /^arn:aws[^:]*:elasticloadbalancing:[^:]+:\d{12}:([a-z-]+)\//.exec(arn)?.[1];
  switch (kind) {
    case 'loadbalancer':
      if (!state.loadBalancers.has(arn)) throw notFound.loadBalancer([arn]);
      return;
    case 'listener':
      if (!state.listeners.has(arn)) throw notFound.listener();
      return;
    case 'listener-rule': {
      const isDefault = [...state.listeners.values()].some(({ defaultRule }) => defaultRule.arn === arn);
      if (!isDefault && !state.rules[look](arn)) throw notFound.rule();
      return;
    }
    case 'targetgroup':
      if (!state.targetGroups[look](arn)) throw notFound.targetGroup();
      return;
    default:
      throw invalid(`'${arn}' is not a valid ARN of a taggable resource`);
  }
};

const arnsOf = (state: ElbState, arns: readonly string[] | undefined, look: 'get' | 'read') => {
  if (!arns || arns.length === 0) throw invalid('At least one resource ARN must be specified');
  if (arns.length > mostArns)
    throw invalid(`Tags of up to ${mostArns} resources can be handled in a single call, not ${arns.length}`);
  for (const arn of arns) demandResource(state, arn, look);
  return arns;
};

export const tagOperations = (state: ElbState) => ({
  AddTags: ({ ResourceArns, Tags = [] }: AddTagsInput) => {
    const changes = arnsOf(state, ResourceArns, 'get').map((arn) => ({
      arn,
      after: withTags(state.tags.get(arn) ?? {}, Tags),
    }));
    for (const { arn, after } of changes) state.tags.set(arn, after);
    return {};
  },
  RemoveTags: ({ ResourceArns, TagKeys = [] }: RemoveTagsInput) => {
    for (const arn of arnsOf(state, ResourceArns, 'get')) {
      const left = Object.entries(state.tags.get(arn) ?? {}).filter(([key]) => !TagKeys.includes(key));
      state.tags.set(arn, Object.fromEntries(left));
    }
    return {};
  },
  DescribeTags: ({ ResourceArns }: DescribeTagsInput): DescribeTagsOutput => ({
    TagDescriptions: arnsOf(state, ResourceArns, 'read').map((arn) => ({
      ResourceArn: arn,
      Tags: Object.entries(state.tags.read(arn) ?? {}).map(([Key, Value]) => ({ Key, Value })),
    })),
  }),
});
