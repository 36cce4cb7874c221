// Permissions of ECS's operations.
import type * as ECS from '@aws-sdk/client-ecs';
import { clusterArn, definitionArn, nameOf, pathOfService, serviceArn, taskArn } from '../ecs/arns.ts';
import {
  type AccountView,
  type AuthorizationTable,
  anywhere,
  type Need,
  requestTags,
  tagKeys,
  tagsOnCreate,
} from './needs.ts';

type InCluster = { readonly cluster?: string | undefined };

const clusterName = ({ cluster }: InCluster): string => nameOf(cluster ?? 'default');

const clusterKey = (account: AccountView, input: InCluster) => ({
  'ecs:cluster': clusterArn(account, clusterName(input)),
});

const serviceIn = (account: AccountView, input: InCluster, service: string | undefined): string =>
  serviceArn(account, clusterName(input), nameOf(service ?? ''));

/** A definition named without its revision is asked for as `family:*`, as is one not yet registered. */
const definition = (account: AccountView, reference = ''): string => {
  const [family = '', revision = '*'] = nameOf(reference).split(':');
  return `${definitionArn(account, family, 0).slice(0, -1)}${revision}`;
};

/** Whoever starts tasks hands their roles to ECS. */
const passRoles = (roles: readonly (string | undefined)[]): readonly Need[] =>
  [...new Set(roles)].flatMap((role) =>
    role === undefined
      ? []
      : [
          {
            action: 'iam:PassRole',
            resource: role,
            keys: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
          },
        ],
  );

/** Roles are passed with a task definition; an update that names none passes none. */
const passRolesOf = (account: AccountView, taskDefinition: string | undefined): readonly Need[] =>
  taskDefinition === undefined ? [] : passRoles(account.rolesOfDefinition(taskDefinition));

const registerTaskDefinition = (
  { family, tags, executionRoleArn, taskRoleArn }: ECS.RegisterTaskDefinitionCommandInput,
  account: AccountView,
): readonly Need[] => {
  const resource = definition(account, family);
  const keys = { 'ecs:CreateAction': 'RegisterTaskDefinition' };
  return [
    { action: 'ecs:RegisterTaskDefinition', resource, keys: requestTags(tags) },
    ...tagsOnCreate({ action: 'ecs:TagResource', resource, keys }, tags),
    ...passRoles([executionRoleArn, taskRoleArn]),
  ];
};

const createService = (input: ECS.CreateServiceCommandInput, account: AccountView): readonly Need[] => {
  const { serviceName, tags, taskDefinition } = input;
  const resource = serviceIn(account, input, serviceName);
  const keys = { ...clusterKey(account, input), 'ecs:task-definition': definition(account, taskDefinition) };
  const tagging = { action: 'ecs:TagResource', resource, keys: { 'ecs:CreateAction': 'CreateService' } };
  return [
    { action: 'ecs:CreateService', resource, keys: { ...keys, ...requestTags(tags) } },
    ...tagsOnCreate(tagging, tags),
    ...passRolesOf(account, taskDefinition),
  ];
};

const updateService = (input: ECS.UpdateServiceCommandInput, account: AccountView): readonly Need[] => {
  const { service, taskDefinition } = input;
  const named = taskDefinition === undefined ? undefined : definition(account, taskDefinition);
  const keys = { ...clusterKey(account, input), 'ecs:task-definition': named };
  return [
    { action: 'ecs:UpdateService', resource: serviceIn(account, input, service), keys },
    ...passRolesOf(account, taskDefinition),
  ];
};

const runTask = (input: ECS.RunTaskCommandInput, account: AccountView): readonly Need[] => {
  const { taskDefinition, tags, overrides } = input;
  const keys = { ...clusterKey(account, input), ...requestTags(tags) };
  const tagging = {
    action: 'ecs:TagResource',
    resource: taskArn(account, clusterName(input), '*'),
    keys: { 'ecs:CreateAction': 'RunTask' },
  };
  return [
    { action: 'ecs:RunTask', resource: definition(account, taskDefinition), keys },
    ...tagsOnCreate(tagging, tags),
    ...passRoles([
      ...account.rolesOfDefinition(taskDefinition ?? ''),
      overrides?.executionRoleArn,
      overrides?.taskRoleArn,
    ]),
  ];
};

/** A service's own ARN and that of its deployment or revision: both must be allowed. */
const withService = (action: string, arns: readonly string[] | undefined, account: AccountView) =>
  (arns ?? []).flatMap((arn): readonly Need[] => {
    const [cluster = '', service = ''] = arn.split('/').slice(-3);
    const resource = serviceArn(account, cluster, service);
    const keys = { 'ecs:cluster': clusterArn(account, cluster) };
    return [
      { action, resource, keys },
      { action, resource: arn, keys: { ...keys, 'ecs:service': resource } },
    ];
  });

const onService =
  (action: string) =>
  (input: InCluster & { readonly service?: string | undefined }, account: AccountView): readonly Need[] => [
    { action, resource: serviceIn(account, input, input.service), keys: clusterKey(account, input) },
  ];

const inCluster = (input: ECS.ListServicesCommandInput, account: AccountView): readonly Need[] => [
  { action: 'ecs:ListServices', resource: '*', keys: clusterKey(account, input) },
];

/** A deployment's service may be named alone. */
const listServiceDeployments = (
  input: ECS.ListServiceDeploymentsCommandInput,
  account: AccountView,
): readonly Need[] => {
  const { service = '' } = input;
  const [inArn] = service.startsWith('arn:') ? pathOfService(service).split('/') : [];
  const cluster = inArn ?? input.cluster;
  return onService('ecs:ListServiceDeployments')({ cluster, service }, account);
};

export const ecsPermissions: AuthorizationTable = {
  CreateService: createService,
  DeleteService: onService('ecs:DeleteService'),
  DeleteTaskDefinitions: (input: ECS.DeleteTaskDefinitionsCommandInput, account) =>
    (input.taskDefinitions ?? []).map((one) => ({
      action: 'ecs:DeleteTaskDefinitions',
      resource: definition(account, one),
    })),
  DeregisterTaskDefinition: anywhere('ecs:DeregisterTaskDefinition'),
  DescribeClusters: ({ clusters = ['default'] }: ECS.DescribeClustersCommandInput, account) =>
    clusters.map((one) => ({ action: 'ecs:DescribeClusters', resource: clusterArn(account, nameOf(one)) })),
  DescribeServiceDeployments: (input: ECS.DescribeServiceDeploymentsCommandInput, account) =>
    withService('ecs:DescribeServiceDeployments', input.serviceDeploymentArns, account),
  DescribeServiceRevisions: (input: ECS.DescribeServiceRevisionsCommandInput, account) =>
    withService('ecs:DescribeServiceRevisions', input.serviceRevisionArns, account),
  DescribeServices: (input: ECS.DescribeServicesCommandInput, account) =>
    (input.services ?? []).flatMap((service) =>
      onService('ecs:DescribeServices')({ cluster: input.cluster, service }, account),
    ),
  DescribeTaskDefinition: anywhere('ecs:DescribeTaskDefinition'),
  DescribeTasks: (input: ECS.DescribeTasksCommandInput, account) =>
    (input.tasks ?? []).map((task) => ({
      action: 'ecs:DescribeTasks',
      resource: taskArn(account, clusterName(input), nameOf(task)),
      keys: clusterKey(account, input),
    })),
  ListServiceDeployments: listServiceDeployments,
  ListServices: inCluster,
  ListTagsForResource: ({ resourceArn = '' }: ECS.ListTagsForResourceCommandInput) => [
    { action: 'ecs:ListTagsForResource', resource: resourceArn },
  ],
  ListTaskDefinitionFamilies: anywhere('ecs:ListTaskDefinitionFamilies'),
  ListTaskDefinitions: anywhere('ecs:ListTaskDefinitions'),
  // The reference lists container instances as its resource, also for Fargate, which has none.
  ListTasks: (input: ECS.ListTasksCommandInput, account) => [
    {
      action: 'ecs:ListTasks',
      resource: `arn:aws:ecs:${account.region}:${account.accountId}:container-instance/${clusterName(input)}/*`,
      keys: clusterKey(account, input),
    },
  ],
  RegisterTaskDefinition: registerTaskDefinition,
  RunTask: runTask,
  StopServiceDeployment: (input: ECS.StopServiceDeploymentCommandInput, account) =>
    withService('ecs:StopServiceDeployment', [input.serviceDeploymentArn ?? ''], account),
  StopTask: (input: ECS.StopTaskCommandInput, account) => [
    {
      action: 'ecs:StopTask',
      resource: taskArn(account, clusterName(input), nameOf(input.task ?? '')),
      keys: clusterKey(account, input),
    },
  ],
  TagResource: ({ resourceArn = '', tags }: ECS.TagResourceCommandInput) => [
    { action: 'ecs:TagResource', resource: resourceArn, keys: requestTags(tags) },
  ],
  UntagResource: ({ resourceArn = '', tagKeys: keys }: ECS.UntagResourceCommandInput) => [
    { action: 'ecs:UntagResource', resource: resourceArn, keys: tagKeys(keys) },
  ],
  UpdateService: updateService,
};
