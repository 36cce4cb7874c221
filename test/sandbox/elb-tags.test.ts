import { describe, expect, test } from '@jest/globals';
import { createElbLab, refusal } from './elb-lab.ts';

describe('tags', () => {
  const tagsOf = (call: ReturnType<typeof createElbLab>['call'], arn: string) =>
    call<{ TagDescriptions: readonly { Tags: readonly object[] }[] }>('DescribeTags', { ResourceArns: [arn] })
      .TagDescriptions[0]?.Tags;

  test('are set at creation, added, replaced and removed', () => {
    const { call, createGroup, createRule } = createElbLab();
    const arn = createRule(createGroup(), { Tags: [{ Key: 'Tenant', Value: 'goldencrust' }] });
    call('AddTags', {
      ResourceArns: [arn],
      Tags: [
        { Key: 'Tenant', Value: 'ironpeak' },
        { Key: 'Environment', Value: 'sit' },
      ],
    });
    call('RemoveTags', { ResourceArns: [arn], TagKeys: ['Environment', 'Absent'] });
    expect(tagsOf(call, arn)).toEqual([{ Key: 'Tenant', Value: 'ironpeak' }]);
  });

  test('of at most twenty resources at a time, fifty a resource, no key twice', () => {
    const { call, createGroup } = createElbLab();
    const arn = createGroup();
    const add = (Tags: object[]) => refusal(() => call('AddTags', { ResourceArns: [arn], Tags })).code;
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `key-${index}`, Value: '' }));
    expect(add(many)).toBe('TooManyTags');
    expect(add([{ Key: 'a' }, { Key: 'a' }])).toBe('DuplicateTagKeys');
    expect(add([{ Key: 'aws:own', Value: '' }])).toBe('ValidationError');
    const ResourceArns = Array.from({ length: 21 }, () => arn);
    expect(refusal(() => call('DescribeTags', { ResourceArns })).code).toBe('ValidationError');
    expect(refusal(() => call('DescribeTags', { ResourceArns: [`${arn}0`] })).code).toBe(
      'TargetGroupNotFound',
    );
  });
});

test('snapshots of two clouds with the same wishes are equal, whatever their ids and times', async () => {
  const build = async (delay: number) => {
    const { clock, elb, call, createGroup, createRule } = createElbLab();
    await clock.sleep(delay);
    if (delay) call('DeleteTargetGroup', { TargetGroupArn: createGroup({ Name: 'lost' }) });
    createRule(createGroup());
    return elb.snapshot();
  };
  const [first, later] = [await build(0), await build(5_000)];
  expect(later).toEqual(first);
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  const { elb, createGroup, createRule } = createElbLab();
  createRule(createGroup(), { Priority: 141 });
  expect(elb.snapshot()).not.toEqual(first);
});
