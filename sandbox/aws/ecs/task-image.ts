// Pulling an image, and the reasons for which AWS could not, in its words.
import type { ResourceRequest } from './resource-request.ts';

export type Problem = {
  /** unreachable: found out only after all attempts have timed out. */
  readonly kind: 'refused' | 'unreachable';
  readonly reason: string;
};

type Reference = {
  readonly host: string;
  readonly name: string;
  readonly tag: string;
  /** As containerd writes it: with registry and tag. */
  readonly whole: string;
};

/** `wordpress:6.4` is docker.io/library/wordpress:6.4. */
const readReference = (image: string): Reference => {
  const [path = '', digest] = image.split('@');
  const [first = '', ...rest] = path.split('/');
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const host = hasHost ? first : 'docker.io';
  const named = hasHost ? rest.join('/') : rest.length > 0 ? path : `library/${path}`;
  const [name = '', tag = 'latest'] = named.split(':');
  const version = digest ?? tag;
  return { host, name, tag: version, whole: `${host}/${name}${digest ? `@${digest}` : `:${tag}`}` };
};

const api = (host: string): string => (host === 'docker.io' ? 'registry-1.docker.io' : host);

const retried = (what: string, times: number): string =>
  `CannotPullContainerError: ${what} has been retried ${times} time(s): `;

/** Amazon's own registries, with the account and the region in their name. */
export const ownRegistry = (
  image: string,
): { readonly account: string; readonly region: string } | undefined => {
  const [, account, region] = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com\//.exec(image) ?? [];
  return account && region ? { account, region } : undefined;
};

export const notFound = (image: string): string => {
  const { whole } = readReference(image);
  return `${retried('pull image manifest', 1)}failed to resolve ref ${whole}: ${whole}: not found`;
};

const denied = (image: string): string => {
  const { host, tag, whole } = readReference(image);
  const why = ownRegistry(image)
    ? `pulling from host ${host} failed with status code [manifests ${tag}]: 403 Forbidden`
    : 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
  return `${retried('pull image manifest', 1)}failed to resolve ref ${whole}: ${why}`;
};

const otherPlatform = (platform: string): string =>
  `${retried('pull image manifest', 7)}image Manifest does not contain descriptor matching platform '${platform}'`;

const rateLimited = (image: string): string => {
  const { host, name, tag } = readReference(image);
  return `${retried('ref pull', 1)}failed to copy: httpReadSeeker: failed open: unexpected status code https://${api(host)}/v2/${name}/manifests/${tag}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit`;
};

const unreachable = (image: string): string => {
  const { host, name, tag, whole } = readReference(image);
  const address = ownRegistry(image) ? '52.95.120.40' : '34.205.13.154';
  return `${retried('pull image manifest', 5)}failed to resolve ref ${whole}: failed to do request: Head "https://${api(host)}/v2/${name}/manifests/${tag}": dial tcp ${address}:443: i/o timeout`;
};

/** An image's layers lie in S3, so that an endpoint for it is needed beside the registry's. */
const canReach = ({ neighbours: { ec2 }, task: { network } }: ResourceRequest, image: string): boolean =>
  network.subnet === '' ||
  ec2.reachesInternet({ subnet: network.subnet, publicAddress: network.isPublic }) ||
  (ownRegistry(image) !== undefined &&
    ec2.hasEndpoint(network.subnet, 'ecr.dkr') &&
    ec2.hasEndpoint(network.subnet, 's3'));

const mayPull = ({ neighbours, executionRole, cloud }: ResourceRequest, image: string): boolean => {
  const registry = ownRegistry(image);
  if (registry?.account !== cloud.accountId) return true;
  const resource = `arn:aws:ecr:${registry.region}:${registry.account}:repository/${readReference(image).name}`;
  return (
    executionRole !== undefined &&
    neighbours.iam.allows({ roleArn: executionRole, action: 'ecr:BatchGetImage', resource })
  );
};

/** undefined: the image is there and may be pulled. */
export const pullProblem = (request: ResourceRequest, image: string): Problem | undefined => {
  if (!canReach(request, image)) return { kind: 'unreachable', reason: unreachable(image) };
  const refused = (reason: string): Problem => ({ kind: 'refused', reason });
  if (!mayPull(request, image)) return refused(denied(image));
  const isArm = request.definition.runtimePlatform?.cpuArchitecture === 'ARM64';
  switch (request.neighbours.ecr.pull(image)) {
    case 'fine':
      return undefined;
    case 'missing':
      return refused(notFound(image));
    case 'denied':
      return refused(denied(image));
    case 'rate-limited':
      return refused(rateLimited(image));
    case 'arm64-only':
      return isArm ? undefined : refused(otherPlatform('linux/amd64'));
    case 'amd64-only':
      return isArm ? refused(otherPlatform('linux/arm64')) : undefined;
  }
};
