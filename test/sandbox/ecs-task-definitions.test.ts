// Task definitions: what is refused, what AWS fills in, and their way from ACTIVE to gone.
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { caller, createKit, definition, refusalOf, register, role, secret } from './ecs-kit.ts';

const containerWith = (overrides: object) => ({
  containerDefinitions: (definition().containerDefinitions ?? []).map((container) => ({
    ...container,
    ...overrides,
  })),
});

test('every registration is a new revision, with the defaults filled in', () => {
  const { ops } = createKit();
  const tags = [{ key: 'Tenant', value: 'goldencrust' }];
  ops.RegisterTaskDefinition(definition(), caller);
  ops.RegisterTaskDefinition({ ...definition(), cpu: '.25 vCPU', memory: '0.5GB', tags }, caller);
  const found = ops.DescribeTaskDefinition({ taskDefinition: 'sit-goldencrust', include: ['TAGS'] });
  expect(found).toMatchObject({
    tags,
    taskDefinition: {
      revision: 2,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      volumes: [],
      placementConstraints: [],
      registeredBy: caller.caller,
      containerDefinitions: [
        {
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
    },
  });
  expect(found.taskDefinition?.requiresAttributes).toContainEqual({
    name: 'ecs.capability.secrets.asm.environment-variables',
  });
});

const refusals: readonly (readonly [string, Partial<RegisterTaskDefinitionCommandInput>, RegExp])[] = [
  ['a family with a dot', { family: 'sit.goldencrust' }, /Family contains invalid characters/],
  ['no containers', { containerDefinitions: [] }, /should not be empty/],
  ['a container name with a space', containerWith({ name: 'word press' }), /Container.name contains invalid/],
  ['no image', containerWith({ image: undefined }), /Container.image should not be null or empty/],
  ['no essential container', containerWith({ essential: false }), /must be essential/],
  [
    'a size that Fargate lacks',
    { cpu: '256', memory: '4096' },
    /No Fargate configuration exists.*256 CPU, 4096/,
  ],
  ['a cpu that is no number', { cpu: 'much' }, /Invalid 'cpu' setting for task/],
  ['no memory', containerWith({ memory: 512 }), /^not refused$/],
  [
    'no task memory',
    { ...containerWith({ memory: 512 }), memory: undefined },
    /'memory' be defined at the task level/,
  ],
  ['another network mode', { networkMode: 'bridge' }, /only supports network mode/],
  [
    'secrets without a role',
    { executionRoleArn: undefined },
    /must also specify a value for 'executionRoleArn'/,
  ],
  [
    'logs without a role',
    { ...containerWith({ secrets: undefined }), executionRoleArn: undefined },
    /execution role ARN to support log driver awslogs/,
  ],
  ['a role that is not there', { executionRoleArn: `${role}-gone` }, /Role is not valid/],
  [
    'a variable and a secret of one name',
    containerWith({
      environment: [{ name: 'A', value: '1' }],
      secrets: [{ name: 'A', valueFrom: secret }],
    }),
    /secret name must be unique/,
  ],
  [
    'a secret of no kind',
    containerWith({ secrets: [{ name: 'A', valueFrom: 'arn:aws:s3:::x' }] }),
    /valueFrom/,
  ],
  [
    'a mount of no volume',
    containerWith({ mountPoints: [{ sourceVolume: 'content', containerPath: '/x' }] }),
    /Unknown volume 'content'/,
  ],
  [
    'an access point without transit encryption',
    {
      volumes: [
        {
          name: 'content',
          efsVolumeConfiguration: {
            fileSystemId: 'fs-0be15624e203bf94a',
            authorizationConfig: { accessPointId: 'fsap-068c55acd83456a5f' },
          },
        },
      ],
    },
    /transit encryption must be enabled/,
  ],
  ['an empty list of tags', { tags: [] }, /Tags can not be empty/],
];

test.each(refusals)('%s', (_, overrides, refusal) => {
  const { ops } = createKit();
  expect(refusalOf(() => ops.RegisterTaskDefinition(definition('web:1', overrides), caller))).toMatch(
    refusal,
  );
});

test('a revision is found by family, number and ARN; a family means its latest ACTIVE one', () => {
  const kit = createKit();
  const [first, second] = [register(kit), register(kit)];
  const arnOf = (taskDefinition: string) =>
    kit.ops.DescribeTaskDefinition({ taskDefinition }).taskDefinition?.taskDefinitionArn;
  expect(arnOf('sit-goldencrust')).toBe(second);
  expect(arnOf('sit-goldencrust:1')).toBe(first);
  expect(arnOf(first)).toBe(first);
  kit.ops.DeregisterTaskDefinition({ taskDefinition: second });
  expect(arnOf('sit-goldencrust')).toBe(first);
  expect(arnOf(second)).toBe(second);
  expect(refusalOf(() => arnOf('sit-nobody'))).toBe('ClientException: Unable to describe task definition.');
});

test('numbers are not used again, and lists show one status and one family', () => {
  const kit = createKit();
  const [first, second] = [register(kit), register(kit)];
  kit.ops.DeregisterTaskDefinition({ taskDefinition: second });
  const third = register(kit);
  register(kit, 'web:1', 'sit-goldencrust-2');
  const list = (filter: object) =>
    kit.ops.ListTaskDefinitions({ familyPrefix: 'sit-goldencrust', ...filter }).taskDefinitionArns;
  expect(third).toMatch(/:3$/);
  expect(list({})).toEqual([first, third]);
  expect(list({ sort: 'DESC' })).toEqual([third, first]);
  expect(list({ status: 'INACTIVE' })).toEqual([second]);
});

test('only INACTIVE revisions are deleted; the others are failures of a successful answer', async () => {
  const kit = createKit();
  const [first, second] = [register(kit), register(kit)];
  kit.ops.DeregisterTaskDefinition({ taskDefinition: first });
  const answer = kit.ops.DeleteTaskDefinitions({ taskDefinitions: [first, second, 'sit-nobody:1'] });
  expect(answer.taskDefinitions).toMatchObject([{ taskDefinitionArn: first, status: 'DELETE_IN_PROGRESS' }]);
  expect(answer.failures?.map(({ arn }) => arn)).toEqual([second, 'sit-nobody:1']);
  await kit.sleep(2 * 3_600_000);
  expect(refusalOf(() => kit.ops.DescribeTaskDefinition({ taskDefinition: first }))).toMatch(
    'Unable to describe',
  );
  expect(refusalOf(() => kit.ops.DeleteTaskDefinitions({ taskDefinitions: Array(11).fill(first) }))).toMatch(
    'InvalidParameterException',
  );
});
