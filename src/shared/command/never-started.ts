// Why a task never ran, by what ECS says: each with what it means and what to do. The first that fits counts.

export type Meaning = { readonly what: string; readonly fix: string };

type Rule = {
  readonly said: RegExp;
  readonly tell: (found: RegExpExecArray, whole: string) => Meaning;
};

const secretIn = (text: string): string =>
  /arn:aws[\w-]*:(?:secretsmanager|ssm):[^\s:]+:\d+:(?:secret:|parameter\/)[\w/+=.@!-]+/.exec(text)?.[0] ??
  'the secret';

const roleIn = (text: string): string =>
  /assumed-role\/([\w+=,.@-]+)\//.exec(text)?.[1] ??
  /\brole '?arn:aws[\w-]*:iam::\d+:role\/([\w+=,.@/-]+)/.exec(text)?.[1] ??
  "the task definition's execution role";

const imageIn = (text: string): string =>
  /(?:ref|for|pull)\s+'?([\w.-]+(?::\d+)?\/[\w./-]+(?:[:@][\w:.-]*\w)?)/.exec(text)?.[1] ?? 'the image';

const network =
  /context deadline exceeded|i\/o timeout|dial tcp|connection issue|RequestError: send request failed|no such host|net\/http: request canceled/i;

const rules: readonly Rule[] = [
  {
    said: /did not contain json key "?([\w.-]+)/i,
    tell: ([, key = '']) => ({
      what: `A secret of the task definition has no JSON key '${key}'.`,
      fix: `Add the key '${key}' to the secret's value, or correct valueFrom in the task definition: <secret ARN>:<key>::. See the keys: aws secretsmanager get-secret-value --secret-id <secret ARN> --query SecretString --output text | jq keys`,
    }),
  },
  {
    said: /(?:unexpected|invalid) ARN format/i,
    tell: () => ({
      what: "A secret's valueFrom in the task definition is not written as ECS reads it.",
      fix: 'Behind the ARN stand key, stage and version, with both colons even where they are empty: <secret ARN>:password::',
    }),
  },
  {
    said: /invalid character .+? looking for beginning of value/i,
    tell: (_, whole) => ({
      what: 'A secret of the task definition is plain text, but valueFrom asks for a JSON key in it.',
      fix: `Delete :<key>:: from valueFrom, or store JSON, e.g. {"password": "…"}, in ${secretIn(whole)}.`,
    }),
  },
  {
    said: /marked for deletion|scheduled for deletion/i,
    tell: (_, whole) => ({
      what: `${secretIn(whole)} is marked for deletion.`,
      fix: `Restore it: aws secretsmanager restore-secret --region <region> --secret-id ${secretIn(whole)}`,
    }),
  },
  {
    said: /staging label: (\w+)/i,
    tell: ([, stage = ''], whole) => ({
      what: `${secretIn(whole)} has no version ${stage}: it was made without a value, or its rotation is stuck.`,
      fix: `Give it a value: aws secretsmanager put-secret-value --secret-id ${secretIn(whole)} --secret-string …`,
    }),
  },
  {
    said: /retrieve secrets? from (?:asm|ssm).*(?:ResourceNotFoundException|can't find the specified secret|invalid parameters)/is,
    tell: (_, whole) => ({
      what: `${secretIn(whole)}, which the task definition names, does not exist.`,
      fix: "Create it, or correct valueFrom in the task definition: an ARN needs its six last characters and the account's own region.",
    }),
  },
  {
    said: /retrieve secrets?.*AccessDenied|AccessDenied.*(?:secretsmanager|ssm:|kms:)/is,
    tell: (_, whole) => ({
      what: `${roleIn(whole)} may not read ${secretIn(whole)}.`,
      fix: `Allow ${roleIn(whole)} secretsmanager:GetSecretValue on it (kms:Decrypt too where it has a key of its own). A policy changed just now holds after about a minute: run again.`,
    }),
  },
  {
    said: /log group does not exist|log stream.*(?:AccessDenied|ResourceNotFound)|validate logger args/is,
    tell: () => ({
      what: "The task definition's log group cannot be written to.",
      fix: 'Create the log group that awslogs-group names, or allow the execution role logs:CreateLogStream and logs:PutLogEvents on it.',
    }),
  },
  {
    said: /EFS utils|EFS volume/i,
    tell: () => ({
      what: 'The EFS volume could not be mounted.',
      fix: 'Check the file system and access point of the task definition, a mount target in each subnet, and port 2049 between the security groups.',
    }),
  },
  {
    said: /(?:CannotPull|pull image).*(?:403 Forbidden|AccessDenied|not authorized to perform)/is,
    tell: (_, whole) => ({
      what: `${roleIn(whole)} may not pull ${imageIn(whole)}.`,
      fix: 'Allow it ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer; a repository of another account needs a repository policy too.',
    }),
  },
  {
    // Registries do not tell a stranger which of their repositories exist.
    said: /(?:CannotPull|pull image).*(?:access denied|no basic auth|authorization failed|failed to authorize|401 Unauthorized|403)/is,
    tell: (_, whole) => ({
      what: `The registry refuses to hand out ${imageIn(whole)}: there is no such repository, or ${roleIn(whole)} may not pull from it; the registry does not say which.`,
      fix: 'Compare account, region and repository of the image in the task definition with the registry first. Where they are right: an ECR repository wants ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer for the role (and a repository policy in another account), any other registry repositoryCredentials in the task definition.',
    }),
  },
  {
    said: /(?:CannotPull\w+|pull image).*(?:manifest unknown|not found|does not exist)/is,
    tell: (_, whole) => ({
      what: `${imageIn(whole)} does not exist in its registry.`,
      fix: 'Its tag was never pushed, or a lifecycle rule of the repository removed it. Build and push it, or release again, so that the service has an image that exists.',
    }),
  },
  {
    said: /descriptor matching platform|exec format error|image operating system/i,
    tell: (_, whole) => ({
      what: `${imageIn(whole)} is built for another kind of processor than the task definition asks for.`,
      fix: 'Build it for linux/amd64, or set runtimePlatform.cpuArchitecture of the task definition to ARM64.',
    }),
  },
  {
    said: /toomanyrequests|pull rate limit/i,
    tell: (_, whole) => ({
      what: `The registry refuses to hand out ${imageIn(whole)}: too many pulls.`,
      fix: 'Copy the image to ECR (or use a pull-through cache) and name that in the task definition.',
    }),
  },
  {
    said: new RegExp(`(?:CannotPull|ResourceInitialization|secrets|registry).*(?:${network.source})`, 'is'),
    tell: () => ({
      what: "The task could not reach AWS from the service's subnets.",
      fix: 'A private subnet needs a NAT gateway, or VPC endpoints for secretsmanager, ecr.api, ecr.dkr, logs and s3; the security group must let port 443 out. A public subnet needs assignPublicIp.',
    }),
  },
  {
    said: /exec:?\s+\\?"([^"\\]+)\\?":?.*(?:executable file not found|no such file)/is,
    tell: ([, program = '']) => ({
      what: `The image has no program '${program}'.`,
      fix: 'Correct the command. Its first word is the program; no shell finds aliases or joins words.',
    }),
  },
  {
    said: /permission denied/i,
    tell: () => ({
      what: "The command's program may not be executed in the image.",
      fix: "Run it through its interpreter (php artisan …, sh script.sh), or set the file's mode in the image.",
    }),
  },
  {
    said: /InsufficientFreeAddresses|free addresses|RESOURCE:ENI|network interface/i,
    tell: () => ({
      what: "The service's subnets could not give the task a network interface.",
      fix: 'Look at the free addresses: aws ec2 describe-subnets --region <region> --query "Subnets[].[SubnetId,AvailableIpAddressCount]". Give the service more or larger subnets, or run again later.',
    }),
  },
  {
    said: /limit on the number of (vCPUs|\w*\s?tasks)|vCPU (?:limit|quota)/i,
    tell: () => ({
      what: "The account's quota for what runs on Fargate at once is used up in this region.",
      fix: "Raise it in Service Quotas, AWS Fargate: 'Fargate On-Demand vCPU resource count', or for FARGATE_SPOT 'Fargate Spot vCPU resource count'. Until then run again when other tasks have ended, those of a rollout for instance.",
    }),
  },
  {
    said: /capacity|RESOURCE:|\bAGENT\b|NO ACTIVE INSTANCES/i,
    tell: () => ({
      what: 'AWS had no room for the task, also after minutes of asking.',
      fix: "Run again later. If it lasts: subnets in more availability zones, or FARGATE beside FARGATE_SPOT in the service's capacity providers.",
    }),
  },
  {
    said: /unable to assume the (?:ECS \w+ )?role/i,
    tell: (_, whole) => ({
      what: `ECS may not assume ${roleIn(whole)}.`,
      fix: 'Its trust policy must name ecs-tasks.amazonaws.com, and the role must exist.',
    }),
  },
  {
    said: /MISSING|INACTIVE/,
    tell: () => ({
      what: 'Cluster or task definition is not there any more.',
      fix: "Compare cluster in the application's manifest with the service in the ECS console.",
    }),
  },
];

const unknown: Meaning = {
  what: 'ECS could not start it.',
  fix: "The reason below is ECS's own. The service's own tasks fail the same way, unless the command itself is at fault: look at the service's events in the ECS console.",
};

export const explainStart = (reason: string): Meaning => {
  for (const { said, tell } of rules) {
    const found = said.exec(reason);
    if (found) return tell(found, reason);
  }
  return unknown;
};

/** Whether the same task may well start if it is asked for again: there was no room, and nothing of it ran. */
export const mayComeBack = (reason: string): boolean =>
  /capacity is unavailable|RESOURCE:|\bAGENT\b|timeout waiting for network interface/i.test(reason);
