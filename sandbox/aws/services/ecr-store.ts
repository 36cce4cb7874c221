// The images of an account's registry, by repository: tags move from one to the next, digests stay.
import { createHash } from 'node:crypto';
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { AwsError, type Cloud } from '../cloud.ts';

export type Image = {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly manifest: string;
  readonly pushedAt: number;
};

export type Push = {
  readonly repository: string;
  readonly tags: readonly string[];
  /** What is in the image: the same contents have the same digest. */
  readonly contents: string;
};

export type Stored = { readonly createdAt: number; readonly images: Map<string, Image> };
export type State = { readonly cloud: Cloud; readonly repositories: Map<string, Stored> };

export const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const manifestOf = (contents: string): string =>
  JSON.stringify({ schemaVersion: 2, mediaType, config: { digest: digestOf(contents) } });

export const registryOf = ({ accountId, region }: Pick<Cloud, 'accountId' | 'region'>): string =>
  `${accountId}.dkr.ecr.${region}.amazonaws.com`;

export const need = ({ cloud, repositories }: State, name = ''): Stored => {
  const found = repositories.get(name);
  if (found) return found;
  throw new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${cloud.accountId}'`,
  );
};

export const matches = (image: Image, { imageDigest, imageTag }: ImageIdentifier): boolean =>
  (imageDigest === undefined || image.digest === imageDigest) &&
  (imageTag === undefined || image.tags.includes(imageTag));

/** Answers the digest. */
export const push = (state: State, { repository, tags, contents }: Push): string => {
  const { images } = need(state, repository);
  const manifest = manifestOf(contents);
  const digest = digestOf(manifest);
  for (const image of images.values())
    images.set(image.digest, { ...image, tags: image.tags.filter((tag) => !tags.includes(tag)) });
  const kept = images.get(digest)?.tags ?? [];
  images.set(digest, { digest, manifest, tags: [...kept, ...tags], pushedAt: state.cloud.clock.now() });
  return digest;
};

/** `HOST/NAME:TAG@DIGEST`, tag and digest optional, as far as HOST is this account's registry. */
export const holds = ({ cloud, repositories }: State, reference: string): boolean | undefined => {
  const host = `${registryOf(cloud)}/`;
  if (!reference.startsWith(host)) return undefined;
  const [, name = '', tag, digest] =
    /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(reference.slice(host.length)) ?? [];
  const found = repositories.get(name);
  if (!found) return undefined;
  const id = digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest };
  return [...found.images.values()].some((image) => matches(image, id));
};
