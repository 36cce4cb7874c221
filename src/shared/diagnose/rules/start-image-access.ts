// The task never started because the registry did not hand out its image.
import type { Rule } from '../rule.ts';
import { facts, link, pulling, seeImage } from './image-words.ts';
import { type Start, said } from './starting.ts';

export const imageAccessRules: readonly Rule<Start>[] = [
  said({
    id: 'image-rate-limited',
    area: 'start',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['toomanyrequests: You have reached your pull rate limit.', '429 Too Many Requests'],
    said: [/toomanyrequests|pull rate limit|429 Too Many Requests/i],
    facts,
    cause:
      'The registry refuses to hand out {imageName}: too many pulls from this address. Docker Hub counts all tasks behind one NAT gateway as one visitor.',
    fix: [
      'To get through without a change, wait some hours (Docker Hub counts six) and run again.',
      'So that it never happens again, keep a copy in ECR: `aws ecr create-repository --region {region} --repository-name {repository}`, then `aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {registry}`,',
      'then `docker pull {imageName} && docker tag {imageName} {registry}/{repository}:{tag} && docker push {registry}/{repository}:{tag}`,',
      {
        tenant:
          'and name that one: `image: {registry}/{repository}:{tag}` in {manifest}, or in the layer below it that has the image; then run the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.',
        application: 'and name {registry}/{repository}:{tag} in task definition {family}, and release it.',
      },
    ],
    verify: 'A new task of {service} gets beyond PENDING; with an image of ECR the limit does not exist.',
    link,
  }),
  said({
    id: 'image-pull-denied',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'certain',
    symptoms: [
      'is not authorized to perform: ecr:BatchGetImage',
      'is not authorized to perform: ecr:GetAuthorizationToken',
      'unexpected status from HEAD request to … 403 Forbidden',
    ],
    said: [
      /not authorized to perform: ecr:|AccessDenied\w*: .{0,300}\becr:|\.dkr\.ecr\.\S{1,400} 403 Forbidden/i,
    ],
    facts,
    cause: 'Role {role}, with which ECS starts the task, may not pull {imageName}.',
    fix: [
      '`aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy` lets it pull from every ECR repository of the account.',
      'A repository of another account needs a policy of its own that lets this account `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`: `aws ecr get-repository-policy --region {region} --repository-name {repository}`.',
    ],
    verify: 'A minute later, a new task of {service} gets beyond PENDING.',
    link,
  }),
  said({
    // ECR keeps an image's layers in a bucket of AWS's own.
    id: 'image-layers-denied',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'likely',
    symptoms: ['starport-layer-bucket.s3. … 403 Forbidden'],
    said: [/starport-layer\S{1,400} 403 Forbidden/i],
    facts: (start) => ({
      ...facts(start),
      bucket:
        /[\w-]*starport-layer-bucket/.exec(start.reason)?.[0] ??
        `prod-${start.facts.region}-starport-layer-bucket`,
    }),
    cause:
      "{imageName} may be pulled, but not its layers: they lie in the bucket {bucket}, and the policy of the VPC's S3 endpoint does not let anybody read there.",
    fix: [
      'See the policy: `aws ec2 describe-vpc-endpoints --region {region} --filters Name=service-name,Values=com.amazonaws.{region}.s3 --query "VpcEndpoints[].[VpcEndpointId,VpcId,PolicyDocument]"`.',
      'Allow `s3:GetObject` on `arn:aws:s3:::{bucket}/*` for every principal in it, from a file with the whole policy: `aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id <endpoint> --policy-document file://policy.json`.',
    ],
    verify: 'A minute later, a new task of {service} gets beyond PENDING.',
    link: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html',
  }),
  said({
    // Registries do not tell a stranger which of their repositories exist.
    id: 'image-refused',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'likely',
    symptoms: [
      'pull access denied, repository does not exist or may require authorization',
      'no basic auth credentials',
      'insufficient_scope: authorization failed',
      'failed to fetch anonymous token: unexpected status from GET request to … 403 Forbidden',
    ],
    said: [
      /access denied|no basic auth|authorization failed|failed to authorize|401 Unauthorized|403 Forbidden/i,
      pulling,
      /^(?!.*(?:perform: ecr:|(?:\.dkr\.ecr\.|starport-layer)\S{1,400} 403))/is,
    ],
    facts,
    cause:
      'The registry refuses to hand out {imageName}: there is no such repository, or it may not be pulled from there; the registry does not say which.',
    fix: [
      'Compare account, region and repository of {imageName} with the registry first. ECR: `aws ecr describe-repositories --region {region} --query "repositories[].repositoryUri"`.',
      'Where they are right and it is ECR, role {role} lacks `ecr:GetAuthorizationToken`, `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`: `aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`.',
      {
        tenant:
          'A private image of another registry: copy it to ECR, and name it under `image` in {manifest}.',
        application:
          'A private image of another registry needs repositoryCredentials in task definition {family}.',
      },
    ],
    verify: seeImage,
    link,
  }),
];
