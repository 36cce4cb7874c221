import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';

describe('EC2 and RDS', () => {
  test('the platform’s network hangs together', async () => {
    const { sandbox } = createFixture();
    const { ec2, rds } = createClients(sandbox);
    const [vpc] = (await ec2.describeVpcs({})).Vpcs ?? [];
    const { Subnets = [] } = await ec2.describeSubnets({
      Filters: [{ Name: 'vpc-id', Values: [vpc?.VpcId ?? ''] }],
    });
    expect(Subnets.map(({ SubnetId }) => SubnetId)).toEqual(sit.network.subnets);
    const groups = await ec2.describeSecurityGroups({ GroupIds: [...sit.network.securityGroups] });
    expect(groups.SecurityGroups?.[0]?.VpcId).toBe(vpc?.VpcId);
    const { DBInstances = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: 'sit-mysql' });
    expect(DBInstances[0]).toMatchObject({
      PubliclyAccessible: false,
      Endpoint: { Address: sit.database.host },
    });
    expect(await codeOf(rds.describeDBInstances({ DBInstanceIdentifier: 'no' }))).toContain(
      'DBInstanceNotFound',
    );
  });
});
