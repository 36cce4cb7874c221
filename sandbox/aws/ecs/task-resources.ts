// What a starting task needs from the rest of the account, checked with its execution role as it is in force now:
// secrets, file systems, log groups, and the ways there. What cannot be had becomes AWS's own stoppedReason.
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { ResourceRequest } from './resource-request.ts';
import { fileSystemProblem } from './task-file-systems.ts';
import { ownRegistry } from './task-image.ts';

/** Resolved secrets by container name; they live only as long as the start of the task. */
export type SecretValues = ReadonlyMap<string, Readonly<Record<string, string>>>;

export type Resources =
  | { readonly kind: 'ready'; readonly secrets: SecretValues }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Found out only after all attempts have timed out. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export const fetchResources = (request: ResourceRequest): Resources => {
  const containers = request.definition.containerDefinitions ?? [];
  const login = loginProblem(request, containers);
  if (login) return login;
  const secrets = new Map<string, Record<string, string>>();
  for (const container of containers) {
    const fetched = fetchSecrets(request, container);
    if (fetched.kind !== 'values') return fetched;
    secrets.set(container.name ?? '', fetched.values);
  }
  return fileSystemProblem(request) ?? logProblem(request) ?? { kind: 'ready', secrets };
};

type Trouble = Exclude<Resources, { readonly kind: 'ready' }>;

const refused = (reason: string): Trouble => ({ kind: 'refused', reason });
const unreachable = (reason: string): Trouble => ({ kind: 'unreachable', reason });

const canReach = ({ neighbours: { ec2 }, task: { network } }: ResourceRequest, service: string): boolean =>
  network.subnet === '' ||
  ec2.reachesInternet({ subnet: network.subnet, publicAddress: network.isPublic }) ||
  ec2.hasEndpoint(network.subnet, service);

const retrieval =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';

const timedOut = (host: string): string =>
  `RequestError: send request failed caused by: Post "https://${host}/": dial tcp 52.95.117.106:443: i/o timeout`;

/** Amazon's registry wants a token first, which the execution role fetches. */
const loginProblem = (
  request: ResourceRequest,
  containers: readonly ContainerDefinition[],
): Trouble | undefined => {
  const registry = containers.map(({ image = '' }) => ownRegistry(image)).find((own) => own !== undefined);
  if (!registry) return undefined;
  const unable = (times: number): string =>
    `${retrieval}unable to retrieve ecr registry auth: service call has been retried ${times} time(s): `;
  if (!canReach(request, 'ecr.api'))
    return unreachable(
      `${unable(3)}${timedOut(`api.ecr.${registry.region}.amazonaws.com`)}. Please check your task network configuration.`,
    );
  const action = 'ecr:GetAuthorizationToken';
  if (request.executionRole === undefined || mayUse(request, action, '*')) return undefined;
  return refused(`${unable(1)}${denial(request, action, '*')}`);
};

type Fetched = { readonly kind: 'values'; readonly values: Record<string, string> } | Trouble;

const fetchSecrets = (request: ResourceRequest, { secrets = [] }: ContainerDefinition): Fetched => {
  const values: Record<string, string> = {};
  for (const { name = '', valueFrom = '' } of secrets) {
    const id = secretIn(valueFrom);
    if (id !== undefined && !canReach(request, 'secretsmanager'))
      return unreachable(
        `${unableToFetch(5)}failed to fetch secret ${id} from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.`,
      );
    const found = request.neighbours.secrets.resolve(valueFrom);
    // AWS looks at permissions first: a missing secret that may not be read is a denial.
    const resource = found.kind === 'value' ? found.arn : id;
    if (resource !== undefined && !mayUse(request, getValue, resource))
      return refused(
        `${unableToFetch(1)}failed to fetch secret ${resource} from secrets manager: ${denial(request, getValue, resource)}`,
      );
    if (found.kind === 'refused')
      return refused(
        found.reason.startsWith('ResourceInitializationError')
          ? found.reason
          : `${unableToFetch(1)}${found.reason}`,
      );
    values[name] = found.value;
  }
  return { kind: 'values', values };
};

const getValue = 'secretsmanager:GetSecretValue';

const unableToFetch = (times: number): string =>
  `${retrieval}unable to retrieve secret from asm: service call has been retried ${times} time(s): `;

const mayUse = ({ neighbours, executionRole }: ResourceRequest, action: string, resource: string): boolean =>
  executionRole !== undefined && neighbours.iam.allows({ roleArn: executionRole, action, resource });

const denial = (
  { executionRole = '', cloud, task }: ResourceRequest,
  action: string,
  resource: string,
): string =>
  `AccessDeniedException: User: arn:aws:sts::${cloud.accountId}:assumed-role/${executionRole.split('/').at(-1)}/${task.id} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action status code: 400`;

/** The secret's ARN without `:json-key:stage:version`. */
const secretIn = (valueFrom: string): string | undefined =>
  valueFrom.startsWith('arn:aws:secretsmanager:') ? valueFrom.split(':').slice(0, 7).join(':') : undefined;

const logProblem = (request: ResourceRequest): Trouble | undefined => {
  const unable =
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ';
  for (const { logConfiguration } of request.definition.containerDefinitions ?? []) {
    const group =
      logConfiguration?.logDriver === 'awslogs' ? logConfiguration.options?.['awslogs-group'] : undefined;
    if (group === undefined) continue;
    if (!canReach(request, 'logs'))
      return unreachable(
        `${unable}${timedOut(`logs.${request.cloud.region}.amazonaws.com`)} : exit status 1`,
      );
    if (!request.neighbours.logs.hasGroup(group))
      return refused(
        `${unable}ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
      );
  }
  return undefined;
};
