// What the rules about images name: the image, its repository and tag, and the account's own registry.
import type { Facts } from '../rule.ts';
import { imageIn, roleIn, type Start } from './starting.ts';

export const link = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html';

export const pulling = /CannotPull|pull image|cannot pull|resolve ref/i;

const listTags = (image: string, repository: string): string => {
  const [, owner, own] = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com\//.exec(image) ?? [];
  if (owner && own)
    return `aws ecr describe-images --region ${own} --registry-id ${owner} --repository-name ${repository} --query "sort_by(imageDetails, &imagePushedAt)[-20:].imageTags[]"`;
  if (/^public\.ecr\.aws\//.test(image))
    return `aws ecr-public describe-image-tags --region us-east-1 --repository-name ${repository}`;
  const path = repository.includes('/') ? repository : `library/${repository}`;
  return /^[^/]*[.:][^/]*\//.test(image) && !image.startsWith('docker.io/')
    ? `docker manifest inspect ${image} --verbose`
    : `curl -s "https://hub.docker.com/v2/repositories/${path}/tags?page_size=100" | jq -r ".results[].name"`;
};

export const facts = (start: Start): Facts => {
  const imageName = imageIn(start);
  // [registry host/]repository[:tag][@digest]
  const [, repository, tag] =
    /^(?:[^/]*[.:][^/]*\/)?(?:library\/)?([^:@<]+)(?::([\w.-]+))?/.exec(imageName) ?? [];
  const { region = '<region>', account = '<account number>' } = start.facts;
  return {
    imageName,
    listTags: listTags(imageName, repository ?? '<the repository>'),
    role: roleIn(start),
    repository: repository ?? '<the repository>',
    tag: tag ?? 'copied',
    registry: `${account}.dkr.ecr.${region}.amazonaws.com`,
  };
};

export const seeImage =
  '`docker manifest inspect {imageName}` (after `docker login`) shows it with its architectures.';
