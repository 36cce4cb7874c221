// What AWS's models of ecr say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const ecrConstraints: ConstraintTable = rules(
  [
    { pattern: '[0-9]{12}' },
    [
      'BatchGetImageRequest.registryId',
      'DescribeImagesRequest.registryId',
      'DescribeRepositoriesRequest.registryId',
      'GetAuthorizationTokenRequest.registryIds[]',
    ],
  ],
  [
    {
      min: 2,
      max: 256,
      pattern: '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*',
    },
    [
      'BatchGetImageRequest.repositoryName',
      'DescribeImagesRequest.repositoryName',
      'DescribeRepositoriesRequest.repositoryNames[]',
    ],
  ],
  [
    { min: 1, max: 100 },
    [
      'BatchGetImageRequest.imageIds',
      'BatchGetImageRequest.acceptedMediaTypes',
      'DescribeImagesRequest.imageIds',
      'DescribeRepositoriesRequest.repositoryNames',
    ],
  ],
  [{ min: 1, max: 300 }, ['ImageIdentifier.imageTag']],
  [{ min: 1, max: 1000 }, ['DescribeImagesRequest.maxResults', 'DescribeRepositoriesRequest.maxResults']],
  [{ enum: ['TAGGED', 'UNTAGGED', 'ANY'] }, ['DescribeImagesFilter.tagStatus']],
  [{ enum: ['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY'] }, ['DescribeImagesFilter.imageStatus']],
  [{ min: 1, max: 10 }, ['GetAuthorizationTokenRequest.registryIds']],
);
