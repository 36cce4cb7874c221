// EFS: its operations, and what a mounting task asks of it.
import type { Cloud } from '../cloud.ts';
import type { EfsPort } from '../ports.ts';
import {
  type CreateInput,
  createAccessPoint,
  type DescribeInput,
  deleteAccessPoint,
  describeAccessPoints,
} from './efs-access-points.ts';
import { createState, type FileSystem, refuse, type State, type Tag } from './efs-state.ts';
import { addTags, type ById, listTags, removeTags } from './efs-tags.ts';
import { optional, pageOf } from './pages.ts';

type DescribeFileSystemsInput = {
  readonly FileSystemId?: string;
  readonly CreationToken?: string;
  readonly MaxItems?: number;
  readonly Marker?: string;
};
type DescribeMountTargetsInput = {
  readonly FileSystemId?: string;
  readonly MountTargetId?: string;
  readonly AccessPointId?: string;
  readonly MaxItems?: number;
  readonly Marker?: string;
};

export type FileSystemSeed = {
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly { readonly id: string; readonly vpcId: string }[];
};

export type Efs = EfsPort & {
  readonly seedFileSystem: (seed: FileSystemSeed) => void;
  readonly snapshot: () => object;
};

const describeFileSystem = (
  cloud: Cloud,
  { id, name, tags, createdAt, mountTargets }: FileSystem,
): object => ({
  OwnerId: cloud.accountId,
  CreationToken: name,
  FileSystemId: id,
  FileSystemArn: `arn:aws:elasticfilesystem:${cloud.region}:${cloud.accountId}:file-system/${id}`,
  CreationTime: new Date(createdAt),
  LifeCycleState: 'available',
  Name: name,
  NumberOfMountTargets: mountTargets.length,
  SizeInBytes: { Value: 6144 },
  PerformanceMode: 'generalPurpose',
  Encrypted: true,
  ThroughputMode: 'bursting',
  Tags: tags,
});

const describeFileSystems = (state: State, input: DescribeFileSystemsInput): object => {
  const all = input.FileSystemId
    ? [state.needFileSystem(input.FileSystemId)]
    : [...state.fileSystems.values()];
  const { items, next } = pageOf(
    all.filter(({ name }) => !input.CreationToken || name === input.CreationToken),
    {
      scope: ['DescribeFileSystems', input.FileSystemId, input.CreationToken],
      token: input.Marker,
      limit: input.MaxItems,
      most: 100,
      invalid: refuse('BadRequest', 'Marker is invalid.'),
    },
    state.cloud.settings,
  );
  return {
    FileSystems: items.map((one) => describeFileSystem(state.cloud, one)),
    ...optional('NextMarker', next),
  };
};

const describeMountTargets = (state: State, input: DescribeMountTargetsInput): object => {
  const { FileSystemId, MountTargetId, AccessPointId } = input;
  if ([FileSystemId, MountTargetId, AccessPointId].filter((id) => id !== undefined).length !== 1)
    throw refuse('BadRequest', 'You must specify exactly one of FileSystemId, MountTargetId, AccessPointId.');
  const wanted = AccessPointId ? state.needAccessPoint(AccessPointId).fileSystemId : FileSystemId;
  const fileSystems = wanted ? [state.needFileSystem(wanted)] : [...state.fileSystems.values()];
  const targets = fileSystems
    .flatMap(({ id, mountTargets }) => mountTargets.map((target) => ({ ...target, fileSystemId: id })))
    .filter(({ id }) => !MountTargetId || id === MountTargetId);
  if (MountTargetId && targets.length === 0)
    throw refuse('MountTargetNotFound', `Mount target '${MountTargetId}' does not exist.`);
  const { items, next } = pageOf(
    targets,
    {
      scope: ['DescribeMountTargets', FileSystemId, MountTargetId, AccessPointId],
      token: input.Marker,
      limit: input.MaxItems,
      most: 100,
      invalid: refuse('BadRequest', 'Marker is invalid.'),
    },
    state.cloud.settings,
  );
  const MountTargets = items.map(({ id, subnetId, vpcId, fileSystemId }) => ({
    OwnerId: state.cloud.accountId,
    MountTargetId: id,
    FileSystemId: fileSystemId,
    SubnetId: subnetId,
    VpcId: vpcId,
    LifeCycleState: 'available',
  }));
  return { MountTargets, ...optional('NextMarker', next) };
};

const seedFileSystem = (state: State, { id, name, subnets }: FileSystemSeed): void => {
  const mountTargets = subnets.map((subnet) => ({
    id: `fsmt-${state.cloud.newId(17)}`,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
  }));
  const tags = [{ Key: 'Name', Value: name }];
  const createdAt = state.cloud.clock.now();
  state.fileSystems.set(id, { id, name, tags, createdAt, mountTargets });
};

/** What is being deleted is as good as gone. */
const snapshot = ({ fileSystems, accessPoints, directories }: State): object => ({
  fileSystems: [...fileSystems.keys()],
  accessPoints: accessPoints
    .values()
    .filter(({ goneAt }) => goneAt === undefined)
    .map(({ fileSystemId, tags, posixUser, root }) => ({ fileSystemId, tags, posixUser, root })),
  directories: [...directories],
});

export const createEfs = (cloud: Cloud): Efs => {
  const state = createState(cloud);
  return {
    operations: {
      DescribeFileSystems: (input: DescribeFileSystemsInput) => describeFileSystems(state, input),
      CreateAccessPoint: (input: CreateInput) => createAccessPoint(state, input),
      DescribeAccessPoints: (input: DescribeInput) => describeAccessPoints(state, input),
      DeleteAccessPoint: (input: { AccessPointId: string }) => deleteAccessPoint(state, input),
      DescribeMountTargets: (input: DescribeMountTargetsInput) => describeMountTargets(state, input),
      TagResource: (input: ById & { Tags: readonly Tag[] }) => addTags(state, input),
      UntagResource: (input: ById & { TagKeys: readonly string[] }) => removeTags(state, input),
      ListTagsForResource: (input: ById) => listTags(state, input),
    },
    accessPoint: (id) => {
      const point = state.accessPoints.get(id);
      if (!state.exists(point)) return undefined;
      return { fileSystemId: point.fileSystemId, state: state.stateOf(point) };
    },
    seedFileSystem: (seed) => seedFileSystem(state, seed),
    snapshot: () => snapshot(state),
  };
};
