// What a person does about a refusal of AWS's that says only what was refused. Pure.
import { Failed, Refused, UserError } from './errors.ts';

/** Whose manifest names what AWS refuses or does not have: a tenant's environment, or an application's own. */
export type Manifest = 'environment' | 'application';

/** Undefined where the error says it itself, or nothing is known of it. */
export const hintFor = (error: Error, manifest: Manifest): string | undefined => {
  if (error instanceof Failed || error instanceof Refused || error instanceof UserError) return undefined;
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(error.name))
    return /no session policy allows/.test(error.message) ? notTheTenants : lacksPermission[manifest];
  if (/ExpiredToken/.test(error.name))
    return 'The credentials expired while the action ran. Use role-to-assume, which renews them, or a longer session.';
  if (error.name === 'CredentialsProviderError')
    return 'No AWS credentials were found. Set role-to-assume and give the job `permissions: id-token: write`, or put credentials into the environment.';
  if (/Throttl|TooManyRequests/.test(error.name))
    return 'AWS throttled every try. Run again, with fewer jobs at once.';
  if (error.name === 'FileSystemNotFound')
    return 'There is no such file system in this account and region: correct fileSystem in the environment manifest.';
  const missing = missingThings.find(({ said }) => said.test(`${error.name}: ${error.message}`));
  if (missing) return `There is no such ${missing.what}: ${missing.fix[manifest]}.`;
  return '$metadata' in error ? hintForCall(error.$metadata) : undefined;
};

const lacksPermission: Readonly<Record<Manifest, string>> = {
  environment:
    "The role lacks this permission, or a name in the manifest (executionRole, masterSecret, logGroup …) is not what the role's policy is for. Compare it with the action's IAM list in its README.",
  application:
    "The role lacks this permission, or a name in the application's manifest (cluster, services, pipelines …) is not what the role's policy is for. Compare it with the action's IAM list in its README.",
};

const notTheTenants =
  "The session is narrowed to one tenant (docs/oidc.md), and what it asked for is not this tenant's: another tenant's, or a name in the manifest that is not what AWS has.";

type Missing = {
  readonly said: RegExp;
  readonly what: string;
  readonly fix: Readonly<Record<Manifest, string>>;
};

/** An application's one-off tasks run where its ECS service runs. */
const serviceNetwork =
  'correct the network of the ECS service (aws ecs update-service --network-configuration): its commands run where it runs';

/** ECS puts EC2's code into the message of an InvalidParameterException; the id may be well formed or not. */
const missingThings: readonly Missing[] = [
  {
    said: /^ClusterNotFoundException/,
    what: 'ECS cluster in this account and region',
    fix: {
      environment: 'correct cluster in the environment manifest',
      application: "correct cluster in the application's manifest",
    },
  },
  {
    said: /InvalidSubnet|\bsubnet\b.*(does not exist|not found|invalid)/i,
    what: 'subnet in this account and region',
    fix: {
      environment: 'correct network.subnets in the environment manifest',
      application: serviceNetwork,
    },
  },
  {
    said: /Invalid(Security)?Group|\bsecurity groups?\b.*(does not exist|not found|invalid)/i,
    what: "security group in this account, region and the subnets' VPC",
    fix: {
      environment:
        'correct network.securityGroups (database.securityGroups for the database task) in the environment manifest',
      application: serviceNetwork,
    },
  },
  {
    said: /^ResourceNotFoundException.*\blog group\b/is,
    what: 'log group in this account and region',
    fix: {
      environment: 'correct logGroup in the environment manifest',
      application: "make it, or correct awslogs-group in the service's task definition",
    },
  },
];

const hintForCall = (metadata: unknown): string =>
  (metadata as { httpStatusCode?: number }).httpStatusCode === undefined
    ? "AWS could not be reached, and nothing after this call was done. Check the runner's network and proxy, and AWS_ENDPOINT_URL if it is set; then run again."
    : 'AWS refused the call; nothing after it was done. Running again is safe.';
