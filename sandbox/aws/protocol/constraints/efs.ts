// What AWS's models of efs say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const efsConstraints: ConstraintTable = rules(
  [
    { min: 1 },
    [
      'DescribeFileSystemsRequest.MaxItems',
      'DescribeAccessPointsRequest.MaxResults',
      'ListTagsForResourceRequest.MaxResults',
      'DescribeMountTargetsRequest.MaxItems',
    ],
  ],
  [
    { min: 1, max: 128, pattern: '.+' },
    [
      'DescribeFileSystemsRequest.Marker',
      'DescribeAccessPointsRequest.NextToken',
      'ListTagsForResourceRequest.NextToken',
      'DescribeMountTargetsRequest.Marker',
    ],
  ],
  [
    { min: 1, max: 64, pattern: '.+' },
    ['DescribeFileSystemsRequest.CreationToken', 'CreateAccessPointRequest.ClientToken'],
  ],
  [
    {
      max: 128,
      pattern:
        '^(arn:aws[-a-z]*:elasticfilesystem:[0-9a-z-:]+:file-system/fs-[0-9a-f]{8,40}|fs-[0-9a-f]{8,40})$',
    },
    [
      'DescribeFileSystemsRequest.FileSystemId',
      'CreateAccessPointRequest.FileSystemId',
      'DescribeAccessPointsRequest.FileSystemId',
      'DescribeMountTargetsRequest.FileSystemId',
    ],
  ],
  [
    { min: 1, max: 128, pattern: '^(?![aA]{1}[wW]{1}[sS]{1}:)([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$' },
    ['Tag.Key', 'UntagResourceRequest.TagKeys[]'],
  ],
  [{ max: 256, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$' }, ['Tag.Value']],
  [
    { min: 0, max: 4294967295 },
    [
      'PosixUser.Uid',
      'PosixUser.Gid',
      'PosixUser.SecondaryGids[]',
      'CreationInfo.OwnerUid',
      'CreationInfo.OwnerGid',
    ],
  ],
  [{ min: 0, max: 16 }, ['PosixUser.SecondaryGids']],
  [{ min: 1, max: 100, pattern: '^(\\/|(\\/(?!\\.)+[^$#<>;`|&?{}^*/\\n]+){1,4})$' }, ['RootDirectory.Path']],
  [{ min: 3, max: 4, pattern: '^[0-7]{3,4}$' }, ['CreationInfo.Permissions']],
  [
    {
      max: 128,
      pattern:
        '^(arn:aws[-a-z]*:elasticfilesystem:[0-9a-z-:]+:access-point/fsap-[0-9a-f]{8,40}|fsap-[0-9a-f]{8,40})$',
    },
    [
      'DescribeAccessPointsRequest.AccessPointId',
      'DeleteAccessPointRequest.AccessPointId',
      'DescribeMountTargetsRequest.AccessPointId',
    ],
  ],
  [
    {
      max: 128,
      pattern:
        '^(arn:aws[-a-z]*:elasticfilesystem:[0-9a-z-:]+:(access-point/fsap|file-system/fs)-[0-9a-f]{8,40}|fs(ap)?-[0-9a-f]{8,40})$',
    },
    [
      'TagResourceRequest.ResourceId',
      'UntagResourceRequest.ResourceId',
      'ListTagsForResourceRequest.ResourceId',
    ],
  ],
  [{ min: 1, max: 50 }, ['UntagResourceRequest.TagKeys']],
  [
    { min: 13, max: 45, pattern: '^fsmt-[0-9a-f]{8,40}$' },
    ['DescribeMountTargetsRequest.MountTargetId', 'DescribeMountTargetSecurityGroupsRequest.MountTargetId'],
  ],
);
