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
import {
  type DescribeMountTargetsInput,
  describeMountTargetSecurityGroups,
  describeMountTargets,
  removeMountTarget,
} from './efs-mount-targets.ts';
import { createState, type FileSystem, refuse, type State, type Tag } from './efs-state.ts';
import { addTags, type ById, listTags, removeTags } from './efs-tags.ts';
import { optional, pageOf } from './pages.ts';

type DescribeFileSystemsInput = {
  readonly FileSystemId?: string;
  readonly CreationToken?: string;
  readonly MaxItems?: number;
  readonly Marker?: string;
};
export type FileSystemSeed = {
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly { readonly id: string; readonly vpcId: string }[];
  /** Of its mount targets; nothing bars the way unless given. */
  readonly securityGroups?: readonly string[];
};

export type Efs = EfsPort & {
  readonly seedFileSystem: (seed: FileSystemSeed) => void;
  /** As if somebody had deleted it; throws where there is none. */
  readonly removeMountTarget: (fileSystemId: string, subnet: string) => void;
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

const seedFileSystem = (state: State, { id, name, subnets, securityGroups = [] }: FileSystemSeed): void => {
  const mountTargets = subnets.map((subnet) => ({
    id: `fsmt-${state.cloud.newId(17)}`,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    securityGroups,
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
      DescribeMountTargetSecurityGroups: (input: { MountTargetId: string }) =>
        describeMountTargetSecurityGroups(state, input),
      DescribeMountTargets: (input: DescribeMountTargetsInput) => describeMountTargets(state, input),
      TagResource: (input: ById & { Tags: readonly Tag[] }) => addTags(state, input),
      UntagResource: (input: ById & { TagKeys: readonly string[] }) => removeTags(state, input),
      ListTagsForResource: (input: ById) => listTags(state, input),
    },
    accessPoint: (id) => {
      const point = state.accessPoints.get(id);
      if (!state.exists(point)) return undefined;
      const { posixUser, root } = point;
      const permissions = root.CreationInfo?.Permissions ?? '755';
      return {
        fileSystemId: point.fileSystemId,
        state: state.stateOf(point),
        ...(posixUser && { access: { uid: posixUser.Uid, gid: posixUser.Gid, permissions } }),
      };
    },
    mountTargetGroups: (fileSystemId, subnet) =>
      state.fileSystems.get(fileSystemId)?.mountTargets.find(({ subnetId }) => subnetId === subnet)
        ?.securityGroups,
    removeMountTarget: (fileSystemId, subnet) => removeMountTarget(state, fileSystemId, subnet),
    seedFileSystem: (seed) => seedFileSystem(state, seed),
    snapshot: () => snapshot(state),
  };
};
