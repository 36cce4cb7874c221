// Permissions of EFS's operations. A description of all is asked for as that of any one.
import type * as EFS from '@aws-sdk/client-efs';
import { idOf } from '../services/efs-state.ts';
import {
  type AccountView,
  type AuthorizationTable,
  type Need,
  requestTags,
  tagKeys,
  tagsOnCreate,
} from './needs.ts';

const arnOf = ({ region, accountId }: AccountView, resource: string): string =>
  `arn:aws:elasticfilesystem:${region}:${accountId}:${resource}`;

const fileSystem = (account: AccountView, id = '*'): string => arnOf(account, `file-system/${idOf(id)}`);
const accessPoint = (account: AccountView, id = '*'): string => arnOf(account, `access-point/${idOf(id)}`);

const either = (account: AccountView, id = ''): string =>
  idOf(id).startsWith('fsap-') ? accessPoint(account, id) : fileSystem(account, id);

const createAccessPoint = (
  { FileSystemId, Tags }: EFS.CreateAccessPointCommandInput,
  account: AccountView,
): readonly Need[] => [
  {
    action: 'elasticfilesystem:CreateAccessPoint',
    resource: fileSystem(account, FileSystemId),
    keys: requestTags(Tags),
  },
  ...tagsOnCreate(
    {
      action: 'elasticfilesystem:TagResource',
      resource: accessPoint(account),
      keys: { 'elasticfilesystem:CreateAction': 'CreateAccessPoint' },
    },
    Tags,
  ),
];

export const efsPermissions: AuthorizationTable = {
  CreateAccessPoint: createAccessPoint,
  DeleteAccessPoint: ({ AccessPointId }: EFS.DeleteAccessPointCommandInput, account) => [
    { action: 'elasticfilesystem:DeleteAccessPoint', resource: accessPoint(account, AccessPointId) },
  ],
  DescribeAccessPoints: (input: EFS.DescribeAccessPointsCommandInput, account) => [
    {
      action: 'elasticfilesystem:DescribeAccessPoints',
      resource: input.FileSystemId
        ? fileSystem(account, input.FileSystemId)
        : accessPoint(account, input.AccessPointId),
    },
  ],
  DescribeFileSystems: ({ FileSystemId }: EFS.DescribeFileSystemsCommandInput, account) => [
    { action: 'elasticfilesystem:DescribeFileSystems', resource: fileSystem(account, FileSystemId) },
  ],
  DescribeMountTargetSecurityGroups: (_, account) => [
    {
      action: 'elasticfilesystem:DescribeMountTargetSecurityGroups',
      resource: fileSystem(account, undefined),
    },
  ],
  DescribeMountTargets: ({ FileSystemId }: EFS.DescribeMountTargetsCommandInput, account) => [
    { action: 'elasticfilesystem:DescribeMountTargets', resource: fileSystem(account, FileSystemId) },
  ],
  ListTagsForResource: ({ ResourceId }: EFS.ListTagsForResourceCommandInput, account) => [
    { action: 'elasticfilesystem:ListTagsForResource', resource: either(account, ResourceId) },
  ],
  TagResource: ({ ResourceId, Tags }: EFS.TagResourceCommandInput, account) => [
    {
      action: 'elasticfilesystem:TagResource',
      resource: either(account, ResourceId),
      keys: requestTags(Tags),
    },
  ],
  UntagResource: ({ ResourceId, TagKeys }: EFS.UntagResourceCommandInput, account) => [
    {
      action: 'elasticfilesystem:UntagResource',
      resource: either(account, ResourceId),
      keys: tagKeys(TagKeys),
    },
  ],
};
