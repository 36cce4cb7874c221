// What reads show: behind writes by the lag, in pages, filtered, with tags; and the snapshot that compares clouds.
import { expect, test } from '@jest/globals';
import {
  caller,
  createKit,
  definition,
  look,
  minutes,
  named,
  refusalOf,
  register,
  service,
} from './ecs-kit.ts';

test('a service just created is missing until the lag is over', async () => {
  const kit = createKit({ readLagMs: 5_000 });
  kit.ops.CreateService(service(register(kit)), caller);
  const seen = () => kit.ops.DescribeServices({ cluster: 'sit-cluster', services: [named.service] });
  expect(seen().failures).toMatchObject([{ reason: 'MISSING' }]);
  await kit.sleep(5_000);
  expect(seen()).toMatchObject({ failures: [], services: [{ status: 'ACTIVE' }] });
});

test('lists come in pages, and a token serves its own list only', () => {
  const kit = createKit({ pageSize: 2 });
  const taskDefinition = register(kit);
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    kit.ops.CreateService(service(taskDefinition, { serviceName: name, loadBalancers: [] }), caller);
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = kit.ops.ListServices({ cluster: 'sit-cluster', nextToken, maxResults: 100 });
    expect(page.serviceArns?.length).toBeLessThanOrEqual(2);
    names.push(...(page.serviceArns ?? []).map((arn) => arn.slice(-1)));
    nextToken = page.nextToken;
    if (nextToken)
      expect(refusalOf(() => kit.ops.ListTasks({ cluster: 'sit-cluster', nextToken }))).toMatch(
        'Invalid token',
      );
  } while (nextToken);
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('deployments are listed by status and time', async () => {
  const kit = createKit();
  kit.ops.CreateService(service(register(kit)), caller);
  await kit.sleep(minutes(2));
  const update = kit.ops.UpdateService({ ...named, forceNewDeployment: true }).service;
  const since = new Date((update?.deployments?.[0]?.createdAt?.getTime() ?? 0) - 1);
  const count = (filter: object) =>
    kit.ops.ListServiceDeployments({ ...named, ...filter }).serviceDeployments?.length;
  expect(count({})).toBe(2);
  expect(count({ status: ['SUCCESSFUL'] })).toBe(1);
  expect(count({ createdAt: { after: since } })).toBe(1);
  expect(count({ createdAt: { before: since } })).toBe(1);
  expect(count({ status: ['ROLLBACK_SUCCESSFUL'] })).toBe(0);
});

test('tags are set, merged, removed and shown on request', () => {
  const kit = createKit();
  const tags = [{ key: 'Tenant', value: 'goldencrust' }];
  const created = kit.ops.CreateService(service(register(kit), { tags }), caller);
  const resourceArn = created.service?.serviceArn ?? '';
  kit.ops.TagResource({
    resourceArn,
    tags: [
      { key: 'Wave', value: 'pilot' },
      { key: 'Tenant', value: 'x' },
    ],
  });
  kit.ops.UntagResource({ resourceArn, tagKeys: ['Wave'] });
  expect(look(kit).tags).toEqual([{ key: 'Tenant', value: 'x' }]);
  expect(kit.ops.ListTagsForResource({ resourceArn }).tags).toEqual([{ key: 'Tenant', value: 'x' }]);
  expect(refusalOf(() => kit.ops.ListTagsForResource({ resourceArn: `${resourceArn}x` }))).toMatch(
    'ResourceNotFoundException',
  );
});

test('two clouds in which the same was done have the same snapshot', async () => {
  const filled = async (detours: number) => {
    const kit = createKit();
    for (let detour = 0; detour < detours; detour += 1) {
      const { taskDefinition } = kit.ops.RegisterTaskDefinition(definition('web:old'), caller);
      kit.ops.DeregisterTaskDefinition({ taskDefinition: taskDefinition?.taskDefinitionArn });
    }
    kit.ops.CreateService(service(register(kit)), caller);
    await kit.sleep(minutes(2 + detours));
    return kit;
  };
  const [one, other] = [await filled(0), await filled(2)];
  expect(other.ecs.snapshot()).toEqual(one.ecs.snapshot());
  other.ops.UpdateService({ ...named, healthCheckGracePeriodSeconds: 60 });
  expect(other.ecs.snapshot()).not.toEqual(one.ecs.snapshot());
});
