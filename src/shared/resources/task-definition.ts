// The tenant's task definition. Registering always makes a new revision, so an unchanged one is not registered.
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { Failed } from '../errors.ts';
import { differingFields } from '../fleet/canonical.ts';
import { taskDefinition as desired } from '../fleet/desired.ts';
import { isOurs, namesOf, tagsOf } from '../fleet/names.ts';
import type { Tags, TaskOwner } from '../fleet/types.ts';
import { type Resource, unknownYet } from '../resource.ts';
import { seek } from '../wait.ts';
import { ecsTagList, ecsTagRecord, isNamed, type Surroundings } from './surroundings.ts';

type Have = { readonly arn: string; readonly definition: TaskDefinition; readonly tags: Tags };

export const taskDefinition = (around: Surroundings): Resource<RegisterTaskDefinitionCommandInput, Have> => {
  const { tenant, aws } = around;
  const { family } = namesOf(tenant);
  const register = async (want: RegisterTaskDefinitionCommandInput): Promise<Have> => {
    const tags = tagsOf(tenant);
    const made = await whenRoleIsSeen(around, () =>
      aws.ecs.registerTaskDefinition({ ...want, tags: ecsTagList(tags) }),
    );
    return { arn: made.taskDefinition?.taskDefinitionArn ?? '', definition: made.taskDefinition ?? {}, tags };
  };
  return {
    step: 'task-definition',
    kind: 'task definition',
    name: family,
    needs: ['secretArn', 'accessPointId'],
    observe: () => describeTaskDefinition(around, family),
    tags: (have) => have.tags,
    want: (refs) =>
      desired(tenant, {
        secretArn: refs.secretArn ?? unknownYet,
        accessPointId: refs.accessPointId ?? unknownYet,
      }),
    differs: (want, have) =>
      differingFields(want, have.definition).map((difference) => ({ ...difference, how: 'replace' })),
    create: register,
    update: register,
    tag: async (have, tags) => {
      await aws.ecs.tagResource({ resourceArn: have.arn, tags: ecsTagList(tags) });
    },
    destroy: () => deleteFamily(around, family),
    sweep: () => deleteFamily(around, family),
    refs: (have) => ({ taskDefinitionArn: have.arn }),
    isTaken: () => false,
  };
};

/** ECS calls a role that was made seconds ago invalid. */
const whenRoleIsSeen = async <T>({ tenant, clock }: Surroundings, act: () => Promise<T>): Promise<T> => {
  if (tenant.environment.access.strategy !== 'role-per-tenant') return act();
  const tried = await seek(async () => {
    try {
      return { made: await act() };
    } catch (error) {
      if (isNamed(error, 'ClientException') && /role is not valid/i.test(String(error))) return undefined;
      throw error;
    }
  }, clock);
  if (tried) return tried.made;
  throw new Failed(
    `ECS does not know role ${namesOf(tenant).executionRole}, or the task role.`,
    'Run provision-tenant with step access; if it did so just now, run again. Check taskRole in the environment manifest.',
  );
};

/** The latest active revision of a family, or the one that `id` names. */
const describeTaskDefinition = async (
  { aws }: Pick<Surroundings, 'aws'>,
  id: string,
): Promise<Have | undefined> => {
  try {
    const found = await aws.ecs.describeTaskDefinition({ taskDefinition: id, include: ['TAGS'] });
    const definition = found.taskDefinition;
    if (!definition?.taskDefinitionArn) return undefined;
    return { arn: definition.taskDefinitionArn, definition, tags: ecsTagRecord(found.tags) };
  } catch (error) {
    // "Unable to describe task definition.": no active revision of that family.
    if (isNamed(error, 'ClientException') && /unable to describe/i.test(String(error))) return undefined;
    throw error;
  }
};

type OwnerView = Pick<Surroundings, 'aws' | 'log'> & { readonly tenant: TaskOwner };

/** Deregisters and deletes every revision of the family that is tagged ours. */
export const deleteFamily = async (around: OwnerView, family: string): Promise<void> => {
  const { aws, tenant, log } = around;
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  const ours: string[] = [];
  for (const status of ['ACTIVE', 'INACTIVE'] as const) {
    for (const arn of await listFamily(around, { family, status })) {
      const have = await describeTaskDefinition(around, arn);
      if (!have) continue;
      if (!isOurs(have.tags, owner)) {
        log.info(`task definition ${arn}: left alone, it is not tagged as this tenant's`);
        continue;
      }
      if (status === 'ACTIVE') await aws.ecs.deregisterTaskDefinition({ taskDefinition: arn });
      ours.push(arn);
    }
  }
  // Ten at a time is what DeleteTaskDefinitions takes; it answers 200 with failures[].
  for (let from = 0; from < ours.length; from += 10) {
    const taskDefinitions = ours.slice(from, from + 10);
    const { failures = [] } = await aws.ecs.deleteTaskDefinitions({ taskDefinitions });
    if (failures.length)
      throw new Failed(
        `Not deleted: ${failures.map(({ arn, reason }) => `${arn} (${reason})`).join(', ')}.`,
        'Run again; if that does not help, delete them under ECS, Task definitions in the console.',
      );
  }
};

type Listing = { readonly family: string; readonly status: 'ACTIVE' | 'INACTIVE' };

const listFamily = async (
  { aws }: Pick<Surroundings, 'aws'>,
  { family, status }: Listing,
): Promise<readonly string[]> => {
  const arns: string[] = [];
  for await (const page of aws.ecs.paginateListTaskDefinitions({ familyPrefix: family, status }))
    arns.push(...(page.taskDefinitionArns ?? []));
  // The prefix `sit-golden` lists `sit-goldencrust` too.
  return arns.filter((arn) => arn.includes(`task-definition/${family}:`));
};
