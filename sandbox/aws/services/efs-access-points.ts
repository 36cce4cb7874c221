// EFS access points.

import {
  type AccessPoint,
  type CreationInfo,
  idOf,
  refuse,
  type State,
  type Tag,
  transitionMs,
} from './efs-state.ts';
import { optional, pageOf } from './pages.ts';

export type CreateInput = {
  readonly ClientToken?: string;
  readonly FileSystemId: string;
  readonly Tags?: readonly Tag[];
  readonly PosixUser?: { readonly Uid: number; readonly Gid: number };
  readonly RootDirectory?: { readonly Path?: string; readonly CreationInfo?: CreationInfo };
};
export type DescribeInput = {
  readonly AccessPointId?: string;
  readonly FileSystemId?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
};

const describePoint = ({ cloud, stateOf }: State, point: AccessPoint): object => ({
  ...optional('Name', point.tags.find(({ Key }) => Key === 'Name')?.Value),
  ClientToken: point.token,
  Tags: point.tags,
  AccessPointId: point.id,
  AccessPointArn: `arn:aws:elasticfilesystem:${cloud.region}:${cloud.accountId}:access-point/${point.id}`,
  FileSystemId: point.fileSystemId,
  ...optional('PosixUser', point.posixUser),
  RootDirectory: point.root,
  OwnerId: cloud.accountId,
  LifeCycleState: stateOf(point),
});

export const createAccessPoint = (state: State, input: CreateInput): object => {
  const { cloud, accessPoints, directories } = state;
  if (input.ClientToken === undefined) throw refuse('BadRequest', 'ClientToken is required.');
  const fileSystem = state.needFileSystem(input.FileSystemId);
  const existing = accessPoints
    .values()
    .find((point) => state.exists(point) && point.token === input.ClientToken);
  if (existing)
    throw refuse(
      'AccessPointAlreadyExists',
      `Access point '${existing.id}' already exists with the same client token.`,
      {
        AccessPointId: existing.id,
      },
    );
  const { Path = '/', CreationInfo } = input.RootDirectory ?? {};
  const point: AccessPoint = {
    id: `fsap-${cloud.newId(17)}`,
    token: input.ClientToken,
    fileSystemId: fileSystem.id,
    tags: input.Tags ?? [],
    posixUser: input.PosixUser,
    root: { Path, ...optional('CreationInfo', CreationInfo) },
    availableAt: cloud.clock.now() + transitionMs,
    goneAt: undefined,
  };
  accessPoints.set(point.id, point);
  directories.add(`${fileSystem.id}:${Path}`);
  return describePoint(state, point);
};

export const describeAccessPoints = (state: State, input: DescribeInput): object => {
  const { AccessPointId: id, FileSystemId: fileSystemId } = input;
  if (id && fileSystemId)
    throw refuse('BadRequest', 'You must specify either AccessPointId or FileSystemId, not both.');
  if (fileSystemId) state.needFileSystem(fileSystemId);
  const points = state.accessPoints
    .readValues()
    .filter(state.exists)
    .filter((point) => !id || point.id === idOf(id))
    .filter((point) => !fileSystemId || point.fileSystemId === idOf(fileSystemId));
  if (id && points.length === 0)
    throw refuse('AccessPointNotFound', `Access point '${idOf(id)}' does not exist.`);
  const { items, next } = pageOf(
    points,
    {
      scope: ['DescribeAccessPoints', id, fileSystemId],
      token: input.NextToken,
      limit: input.MaxResults,
      most: 100,
      invalid: refuse('BadRequest', 'NextToken is invalid.'),
    },
    state.cloud.settings,
  );
  return { AccessPoints: items.map((point) => describePoint(state, point)), ...optional('NextToken', next) };
};

export const deleteAccessPoint = (
  state: State,
  { AccessPointId }: { readonly AccessPointId: string },
): object => {
  const point = state.needAccessPoint(AccessPointId);
  if (point.goneAt === undefined)
    state.accessPoints.set(point.id, { ...point, goneAt: state.cloud.clock.now() + transitionMs });
  return {};
};
