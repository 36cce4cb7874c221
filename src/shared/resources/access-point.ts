// The tenant's door to the shared file system: its own directory, owned by its own user. EFS cannot change one.
import type { AccessPointDescription } from '@aws-sdk/client-efs';
import { isOurs, namesOf, tagsOf } from '../fleet/names.ts';
import type { Tags, Tenant } from '../fleet/types.ts';
import type { Difference, Resource } from '../resource.ts';
import { waitUntil } from '../wait.ts';
import { isNamed, orAbsent, type Surroundings, tagList, tagRecord } from './surroundings.ts';

type Storage = Tenant['storage'];
type Have = {
  readonly id: string;
  readonly arn: string;
  readonly tags: Tags;
  readonly storage: Omit<Storage, 'mountPath'>;
};

export type AccessPointSpec = { readonly name: string; readonly storage: Omit<Storage, 'mountPath'> };

/** The access point of the site's content. */
export const contentAccessPoint = (around: Surroundings): Resource<AccessPointSpec, Have> =>
  accessPoint(around, { name: namesOf(around.tenant).accessPoint, storage: around.tenant.storage });

/** An access point named by its `Name` tag, as EFS has no names of its own. */
export const accessPoint = (
  around: Surroundings,
  spec: AccessPointSpec,
): Resource<AccessPointSpec, Have> => ({
  step: 'storage',
  kind: 'access point',
  name: spec.name,
  needs: [],
  observe: () => observe(around, spec),
  tags: (have) => have.tags,
  want: () => spec,
  differs: (want, have) => differs(want.storage, have.storage),
  create: () => create(around, spec),
  update: async (_, have) => have,
  tag: async (have, tags) => {
    await around.aws.efs.tagResource({ ResourceId: have.id, Tags: tagList({ ...tags, Name: spec.name }) });
  },
  destroy: (have) => destroy(around, have.id),
  refs: (have) => ({ accessPointId: have.id }),
  isTaken: (error) => isNamed(error, 'AccessPointAlreadyExists'),
});

const observe = async (around: Surroundings, spec: AccessPointSpec): Promise<Have | undefined> => {
  const { aws, tenant } = around;
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  let foreign: Have | undefined;
  const pages = aws.efs.paginateDescribeAccessPoints({ FileSystemId: tenant.environment.fileSystem });
  for await (const page of pages) {
    for (const description of page.AccessPoints ?? []) {
      if (description.LifeCycleState === 'deleting' || description.LifeCycleState === 'deleted') continue;
      const have = describe(description);
      if (isOurs(have.tags, owner) && have.tags.Name === spec.name) {
        // Left by a run that was cancelled just after it asked for it.
        if (description.LifeCycleState === 'creating' && !around.describeOnly)
          await waitAvailable(around, have.id);
        return have;
      }
      // Made by hand for the same directory, as the runbook's were: found, and refused unless adopted.
      if (have.storage.path === spec.storage.path) foreign ??= have;
    }
  }
  return foreign;
};

const describe = (description: AccessPointDescription): Have => ({
  id: description.AccessPointId ?? '',
  arn: description.AccessPointArn ?? '',
  tags: tagRecord(description.Tags),
  storage: {
    uid: description.PosixUser?.Uid ?? 0,
    gid: description.PosixUser?.Gid ?? 0,
    permissions: description.RootDirectory?.CreationInfo?.Permissions ?? '',
    path: description.RootDirectory?.Path ?? '/',
  },
});

// The permissions matter only when EFS makes the directory, so a difference there is none.
const differs = (want: AccessPointSpec['storage'], have: Have['storage']): readonly Difference[] =>
  (['uid', 'gid', 'path'] as const)
    .filter((field) => want[field] !== have[field])
    .map((field) => ({
      field: `storage.${field}`,
      from: String(have[field]),
      to: String(want[field]),
      how: 'refuse',
      why:
        field === 'path'
          ? 'EFS cannot change it, and a new access point would start the site with an empty folder. Put the old path back into the manifest, or move the files and delete this access point by hand first.'
          : 'EFS cannot change it, and files written so far belong to the old user. Put the old value back, or chown the files and delete this access point by hand first.',
    }));

const create = async (around: Surroundings, spec: AccessPointSpec): Promise<Have> => {
  const { aws, tenant, runToken } = around;
  const tags = { ...tagsOf(tenant), Name: spec.name };
  const { uid, gid, permissions, path } = spec.storage;
  const made = await aws.efs.createAccessPoint({
    // 64 characters at most; the same for every try of this run.
    ClientToken: `${runToken}-${spec.name}`.slice(0, 64),
    FileSystemId: tenant.environment.fileSystem,
    PosixUser: { Uid: uid, Gid: gid },
    RootDirectory: { Path: path, CreationInfo: { OwnerUid: uid, OwnerGid: gid, Permissions: permissions } },
    Tags: tagList(tags),
  });
  const have = describe(made);
  await waitAvailable(around, have.id);
  return { ...have, tags };
};

/** A task that mounts an access point still being created fails to start. */
const waitAvailable = async ({ aws, clock, log, deadline }: Surroundings, id: string): Promise<void> => {
  await clock.sleep(1_000);
  await waitUntil<string | undefined, undefined>(
    {
      what: `access point ${id}`,
      observe: async () => {
        const answer = aws.efs.describeAccessPoints({ AccessPointId: id });
        return (await orAbsent(answer, 'AccessPointNotFound'))?.AccessPoints?.[0]?.LifeCycleState;
      },
      judge: (state) => {
        if (state === 'available') return { kind: 'ready', value: undefined };
        if (state !== 'error') return { kind: 'pending', why: state ?? 'not visible yet' };
        const fix = 'Delete it under EFS, Access points in the console, then run again.';
        return { kind: 'failed', what: `Access point ${id} is in state error.`, fix };
      },
      deadline,
      pause: [1_500, 5_000],
    },
    { clock, log },
  );
};

/** Deletes the door, not the directory: EFS keeps the files. */
const destroy = async ({ aws }: Surroundings, id: string): Promise<void> => {
  await orAbsent(aws.efs.deleteAccessPoint({ AccessPointId: id }), 'AccessPointNotFound');
};
