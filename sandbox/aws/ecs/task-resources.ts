// What a starting task needs from the rest of the account, checked with its execution role as it is in force now:
// secrets, file systems, log groups. What cannot be had becomes AWS's own stoppedReason.
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Neighbours } from '../ports.ts';

/** Resolved secrets by container name; they live only as long as the start of the task. */
export type SecretValues = ReadonlyMap<string, Readonly<Record<string, string>>>;

export type Resources =
  | { readonly kind: 'ready'; readonly secrets: SecretValues }
  | { readonly kind: 'refused'; readonly reason: string };

export type ResourceRequest = {
  readonly neighbours: Neighbours;
  readonly definition: TaskDefinition;
  readonly executionRole: string | undefined;
  readonly accountId: string;
  readonly taskId: string;
};

export const fetchResources = (request: ResourceRequest): Resources => {
  const { definition, neighbours } = request;
  const secrets = new Map<string, Record<string, string>>();
  for (const container of definition.containerDefinitions ?? []) {
    const fetched = fetchSecrets(request, container);
    if (fetched.kind === 'refused') return fetched;
    secrets.set(container.name ?? '', fetched.values);
  }
  const reason = fileSystemProblem(definition, neighbours) ?? logProblem(definition, neighbours);
  return reason ? { kind: 'refused', reason } : { kind: 'ready', secrets };
};

type Fetched =
  | { readonly kind: 'values'; readonly values: Record<string, string> }
  | { readonly kind: 'refused'; readonly reason: string };

const fetchSecrets = (request: ResourceRequest, { secrets = [] }: ContainerDefinition): Fetched => {
  const values: Record<string, string> = {};
  for (const { name = '', valueFrom = '' } of secrets) {
    const found = request.neighbours.secrets.resolve(valueFrom);
    // AWS looks at permissions first: a missing secret that may not be read is a denial.
    const resource = found.kind === 'value' ? found.arn : secretIn(valueFrom);
    if (resource !== undefined && !mayRead(request, resource)) return noSecret(denial(request, resource));
    if (found.kind === 'refused') return noSecret(found.reason);
    values[name] = found.value;
  }
  return { kind: 'values', values };
};

const mayRead = ({ neighbours, executionRole }: ResourceRequest, resource: string): boolean =>
  executionRole !== undefined &&
  neighbours.iam.allows({ roleArn: executionRole, action: 'secretsmanager:GetSecretValue', resource });

const pullFailure = 'ResourceInitializationError: unable to pull secrets or registry auth: ';

const noSecret = (reason: string): Fetched => ({
  kind: 'refused',
  reason: reason.startsWith('ResourceInitializationError')
    ? reason
    : `${pullFailure}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): ${reason}`,
});

const denial = ({ executionRole = '', accountId, taskId }: ResourceRequest, resource: string): string =>
  `failed to fetch secret ${resource} from secrets manager: AccessDeniedException: User: arn:aws:sts::${accountId}:assumed-role/${executionRole.split('/').at(-1)}/${taskId} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${resource} because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400`;

/** The secret's ARN without `:json-key:stage:version`. */
const secretIn = (valueFrom: string): string | undefined =>
  valueFrom.startsWith('arn:aws:secretsmanager:') ? valueFrom.split(':').slice(0, 7).join(':') : undefined;

const fileSystemProblem = ({ volumes = [] }: TaskDefinition, { efs }: Neighbours): string | undefined => {
  for (const { efsVolumeConfiguration: volume } of volumes) {
    const id = volume?.authorizationConfig?.accessPointId;
    if (!id) continue;
    const found = efs.accessPoint(id);
    if (found?.state === 'available' && found.fileSystemId === volume.fileSystemId) continue;
    return `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32: access point ${id} of ${volume.fileSystemId} is not available`;
  }
  return undefined;
};

const logProblem = (
  { containerDefinitions = [] }: TaskDefinition,
  { logs }: Neighbours,
): string | undefined => {
  for (const { logConfiguration } of containerDefinitions) {
    const group =
      logConfiguration?.logDriver === 'awslogs' ? logConfiguration.options?.['awslogs-group'] : undefined;
    if (group !== undefined && !logs.hasGroup(group))
      return 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1';
  }
  return undefined;
};
