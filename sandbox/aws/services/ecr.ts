// ECR as far as images are looked at: repositories, their tags and digests, and a login for a registry client.
// What a client pushes goes over the registry's own protocol, so pushing is a port and no operation.
import type {
  BatchGetImageRequest,
  DescribeImagesRequest,
  DescribeRepositoriesRequest,
  GetAuthorizationTokenRequest,
  ImageDetail,
  ImageIdentifier,
  Repository,
} from '@aws-sdk/client-ecr';
import { AwsError, type Cloud, type Operations } from '../cloud.ts';
import type { Pull, RegistryPort } from '../ports.ts';
import {
  holds,
  type Image,
  matches,
  mediaType,
  need,
  type Push,
  push,
  registryOf,
  type State,
} from './ecr-store.ts';
import { optional, pageOf } from './pages.ts';

export type Ecr = RegistryPort & {
  readonly operations: Operations;
  /** What any registry says to this reference from now on; it stands above what was pushed. */
  readonly setPull: (image: string, pull: Pull) => void;
  readonly seedRepository: (name: string) => void;
  /** Moves the tags to the image; answers its digest. Throws for a repository that is not there. */
  readonly push: (push: Push) => string;
  /** Takes a tag away, as a lifecycle policy does. */
  readonly untag: (repository: string, tag: string) => void;
  /** Whether the account's registry has the image; undefined where it has no such repository. */
  readonly holds: (reference: string) => boolean | undefined;
  readonly images: (repository: string) => readonly Image[];
  readonly snapshot: () => object;
};

const tokenMs = 12 * 60 * 60 * 1000;

const demandRegistry = ({ cloud }: State, registryId: string | undefined): void => {
  if (registryId !== undefined && registryId !== cloud.accountId)
    throw new AwsError('InvalidParameterException', `The sandbox has no registry ${registryId}.`);
};

const shown = ({ imageDigest, imageTag }: ImageIdentifier): string =>
  `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;

const invalidToken = (): AwsError =>
  new AwsError('InvalidParameterException', "Invalid parameter at 'nextToken' failed to satisfy constraint");

const describeRepositories = (state: State, input: DescribeRepositoriesRequest): object => {
  demandRegistry(state, input.registryId);
  const names = input.repositoryNames ?? [...state.repositories.keys()].sort();
  const all = names.map((name): Repository => {
    const { createdAt } = need(state, name);
    const { accountId, region } = state.cloud;
    return {
      repositoryArn: `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
      registryId: accountId,
      repositoryName: name,
      repositoryUri: `${registryOf(state.cloud)}/${name}`,
      createdAt: new Date(createdAt),
      imageTagMutability: 'MUTABLE',
    };
  });
  const { items, next } = pageOf(
    all,
    {
      scope: ['DescribeRepositories', input.repositoryNames],
      token: input.nextToken,
      limit: input.maxResults,
      most: 100,
      invalid: invalidToken(),
    },
    state.cloud.settings,
  );
  return { repositories: items, ...optional('nextToken', next) };
};

const describeImage = (
  { cloud }: State,
  repositoryName: string,
  { digest, tags, pushedAt }: Image,
): ImageDetail => ({
  registryId: cloud.accountId,
  repositoryName,
  imageDigest: digest,
  // An image without tags has no such member.
  ...(tags.length > 0 && { imageTags: [...tags] }),
  imageSizeInBytes: 184_000_000,
  imagePushedAt: new Date(pushedAt),
  imageManifestMediaType: mediaType,
});

const describeImages = (state: State, input: DescribeImagesRequest): object => {
  demandRegistry(state, input.registryId);
  const { repositoryName = '', imageIds } = input;
  const all = [...need(state, repositoryName).images.values()];
  const missing = imageIds?.find((id) => !all.some((image) => matches(image, id)));
  if (missing)
    throw new AwsError(
      'ImageNotFoundException',
      `The image with imageId ${shown(missing)} does not exist within the repository with name '${repositoryName}' in the registry with id '${state.cloud.accountId}'`,
    );
  const found = all.filter(
    (image) =>
      (imageIds?.some((id) => matches(image, id)) ?? true) &&
      (input.filter?.tagStatus === undefined ||
        input.filter.tagStatus === 'ANY' ||
        (input.filter.tagStatus === 'TAGGED') === image.tags.length > 0),
  );
  const { items, next } = pageOf(
    found,
    {
      scope: ['DescribeImages', repositoryName, imageIds, input.filter],
      token: input.nextToken,
      limit: input.maxResults,
      most: 100,
      invalid: invalidToken(),
    },
    state.cloud.settings,
  );
  const imageDetails = items.map((image) => describeImage(state, repositoryName, image));
  return { imageDetails, ...optional('nextToken', next) };
};

const getImages = (state: State, input: BatchGetImageRequest): object => {
  demandRegistry(state, input.registryId);
  const { repositoryName = '', imageIds = [] } = input;
  const all = [...need(state, repositoryName).images.values()];
  const asked = imageIds.map((imageId) => ({ imageId, image: all.find((one) => matches(one, imageId)) }));
  return {
    images: asked.flatMap(({ imageId, image }) =>
      image
        ? [
            {
              registryId: state.cloud.accountId,
              repositoryName,
              imageId: { ...imageId, imageDigest: image.digest },
              imageManifest: image.manifest,
              imageManifestMediaType: mediaType,
            },
          ]
        : [],
    ),
    failures: asked.flatMap(({ imageId, image }) =>
      image ? [] : [{ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }],
    ),
  };
};

const authorize = (state: State, { registryIds = [] }: GetAuthorizationTokenRequest): object => {
  for (const id of registryIds) demandRegistry(state, id);
  const password = `not-a-real-registry-token-${state.cloud.newId(24)}`;
  return {
    authorizationData: [
      {
        authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
        expiresAt: new Date(state.cloud.clock.now() + tokenMs),
        proxyEndpoint: `https://${registryOf(state.cloud)}`,
      },
    ],
  };
};

export const createEcr = (cloud: Cloud): Ecr => {
  const state: State = { cloud, repositories: new Map() };
  const pulls = new Map<string, Pull>();
  return {
    operations: {
      GetAuthorizationToken: (input: GetAuthorizationTokenRequest) => authorize(state, input),
      DescribeRepositories: (input: DescribeRepositoriesRequest) => describeRepositories(state, input),
      DescribeImages: (input: DescribeImagesRequest) => describeImages(state, input),
      BatchGetImage: (input: BatchGetImageRequest) => getImages(state, input),
    },
    seedRepository: (name) =>
      void state.repositories.set(name, { createdAt: cloud.clock.now(), images: new Map() }),
    push: (pushed) => push(state, pushed),
    untag: (repository, tag) => {
      const { images } = need(state, repository);
      for (const image of images.values())
        images.set(image.digest, { ...image, tags: image.tags.filter((one) => one !== tag) });
    },
    setPull: (image, pull) => void pulls.set(image, pull),
    pull: (image) => pulls.get(image) ?? (holds(state, image) === false ? 'missing' : 'fine'),
    holds: (reference) => holds(state, reference),
    images: (repository) => [...need(state, repository).images.values()],
    snapshot: () =>
      [...state.repositories].map(([name, { images }]) => ({
        name,
        images: [...images.values()].map(({ digest, tags }) => ({ digest, tags })),
      })),
  };
};
