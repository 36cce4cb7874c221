// Task definitions: every registration is a new revision; ACTIVE, then INACTIVE, then deleted, never back.
import type {
  DeleteTaskDefinitionsCommandInput,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionCommandInput,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionCommandInput,
  DescribeTaskDefinitionResponse,
  Failure,
  ListTaskDefinitionFamiliesCommandInput,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsCommandInput,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionCommandInput,
  RegisterTaskDefinitionResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { CallContext } from '../cloud.ts';
import { AwsError } from '../cloud.ts';
import { definitionArn, nameOf } from './arns.ts';
import { pageOf } from './pages.ts';
import type { DefinitionRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { describeDefinition } from './task-definition-answers.ts';
import { checkDefinition } from './task-definition-checks.ts';
import { timing } from './timing.ts';

export const registerTaskDefinition =
  (ecs: Ecs) =>
  (input: RegisterTaskDefinitionCommandInput, call: CallContext): RegisterTaskDefinitionResponse => {
    checkDefinition(input, ecs.neighbours.iam);
    const family = input.family ?? '';
    const revision = 1 + Math.max(0, ...revisionsOf(ecs, family).map((known) => known.revision));
    const arn = definitionArn(ecs.cloud, family, revision);
    const content = describeDefinition(input, { arn, revision, at: ecs.cloud.clock.now(), by: call.caller });
    const tags = input.tags ?? [];
    ecs.definitions.set(arn, { arn, family, revision, content, tags });
    return { taskDefinition: content, ...(input.tags ? { tags } : {}) };
  };

export const describeTaskDefinition =
  (ecs: Ecs) =>
  ({ taskDefinition, include }: DescribeTaskDefinitionCommandInput): DescribeTaskDefinitionResponse => {
    const found = findDefinition(ecs, taskDefinition ?? '');
    if (!found) throw new AwsError('ClientException', 'Unable to describe task definition.');
    return { taskDefinition: found.content, ...(include?.includes('TAGS') ? { tags: [...found.tags] } : {}) };
  };

export const listTaskDefinitions =
  (ecs: Ecs) =>
  (input: ListTaskDefinitionsCommandInput): ListTaskDefinitionsResponse => {
    const status = input.status ?? 'ACTIVE';
    const listed = [...ecs.definitions.values()]
      .filter((known) => isShown(ecs, known) && known.content.status === status)
      .filter((known) => input.familyPrefix === undefined || known.family === input.familyPrefix)
      .sort((a, b) => (a.family === b.family ? a.revision - b.revision : a.family < b.family ? -1 : 1));
    const ordered = input.sort === 'DESC' ? listed.reverse() : listed;
    const page = pageOf(ecs.cloud, ordered, {
      operation: 'ListTaskDefinitions',
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      standard: 100,
    });
    return { taskDefinitionArns: page.items.map(({ arn }) => arn), nextToken: page.nextToken };
  };

/** INACTIVE families are those without an active revision. */
export const listTaskDefinitionFamilies =
  (ecs: Ecs) =>
  (input: ListTaskDefinitionFamiliesCommandInput): ListTaskDefinitionFamiliesResponse => {
    const known = [...ecs.definitions.values()].filter((one) => isShown(ecs, one));
    const active = new Set(
      known.filter(({ content }) => content.status === 'ACTIVE').map(({ family }) => family),
    );
    const families = [...new Set(known.map(({ family }) => family))]
      .filter((family) => family.startsWith(input.familyPrefix ?? ''))
      .filter(
        (family) => (input.status ?? 'ALL') === 'ALL' || (input.status === 'ACTIVE') === active.has(family),
      )
      .sort();
    const page = pageOf(ecs.cloud, families, {
      operation: 'ListTaskDefinitionFamilies',
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      standard: 100,
    });
    return { families: page.items, nextToken: page.nextToken };
  };

export const deregisterTaskDefinition =
  (ecs: Ecs) =>
  ({ taskDefinition = '' }: DeregisterTaskDefinitionCommandInput): DeregisterTaskDefinitionResponse => {
    if (!hasRevision(taskDefinition))
      throw new AwsError('ClientException', 'Invalid revision number. Number: null');
    const found = findDefinition(ecs, taskDefinition);
    if (!found) throw new AwsError('ClientException', 'The specified task definition does not exist.');
    if (found.content.status !== 'ACTIVE') return { taskDefinition: found.content };
    const deregisteredAt = new Date(ecs.cloud.clock.now());
    return { taskDefinition: changeContent(ecs, found, { status: 'INACTIVE', deregisteredAt }) };
  };

export const deleteTaskDefinitions =
  (ecs: Ecs) =>
  ({ taskDefinitions = [] }: DeleteTaskDefinitionsCommandInput): DeleteTaskDefinitionsResponse => {
    if (taskDefinitions.length === 0 || taskDefinitions.length > 10)
      throw new AwsError('InvalidParameterException', 'Between 1 and 10 task definitions must be specified.');
    const answers = taskDefinitions.map((reference) => deleteOne(ecs, reference));
    return {
      taskDefinitions: answers.flatMap((answer) => ('content' in answer ? [answer.content] : [])),
      failures: answers.flatMap((answer) => ('failure' in answer ? [answer.failure] : [])),
    };
  };

const deleteOne = (
  ecs: Ecs,
  reference: string,
): { readonly content: TaskDefinition } | { readonly failure: Failure } => {
  const found = hasRevision(reference) ? findDefinition(ecs, reference) : undefined;
  const arn = found?.arn ?? reference;
  if (!found)
    return {
      failure: {
        arn,
        reason:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      },
    };
  if (found.content.status === 'ACTIVE')
    return {
      failure: {
        arn,
        reason:
          'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      },
    };
  const deleteRequestedAt = new Date(ecs.cloud.clock.now());
  return { content: changeContent(ecs, found, { status: 'DELETE_IN_PROGRESS', deleteRequestedAt }) };
};

const changeContent = (
  ecs: Ecs,
  known: DefinitionRecord,
  change: Partial<TaskDefinition>,
): TaskDefinition => {
  const content = { ...known.content, ...change };
  ecs.definitions.set(known.arn, { ...known, content });
  return content;
};

/** By `family` (its latest ACTIVE revision), `family:revision` or ARN. */
export const findDefinition = (ecs: Ecs, reference: string): DefinitionRecord | undefined => {
  const [family = '', revision] = nameOf(reference).split(':');
  const known = revisionsOf(ecs, family).filter((candidate) => isShown(ecs, candidate));
  return revision === undefined
    ? known.findLast((candidate) => candidate.content.status === 'ACTIVE')
    : known.find((candidate) => String(candidate.revision) === revision);
};

/** For what wants to run it: ClientException unless it exists and is ACTIVE. */
export const runnableDefinition = (ecs: Ecs, reference: string): DefinitionRecord => {
  const found = findDefinition(ecs, reference);
  if (!found) throw new AwsError('ClientException', 'TaskDefinition not found.');
  if (found.content.status !== 'ACTIVE') throw new AwsError('ClientException', 'TaskDefinition is inactive');
  return found;
};

const hasRevision = (reference: string): boolean => /:\d+$/.test(nameOf(reference));

const revisionsOf = (ecs: Ecs, family: string): readonly DefinitionRecord[] =>
  [...ecs.definitions.values()].filter((known) => known.family === family);

const isShown = (ecs: Ecs, { content }: DefinitionRecord): boolean =>
  !content.deleteRequestedAt ||
  content.deleteRequestedAt.getTime() + timing.deletedDefinitionShown > ecs.cloud.clock.now();
