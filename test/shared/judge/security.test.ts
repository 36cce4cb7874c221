// Who may reach the database: rules in EC2's own shape, and what they let in.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { DBInstance } from '@aws-sdk/client-rds';
import { describe, expect, test } from '@jest/globals';
import { opennessOf } from '../../../src/shared/judge/cidr.ts';
import { checkDatabase, type DatabaseSight } from '../../../src/shared/judge/security.ts';

const instance = (given: Partial<DBInstance> = {}): DBInstance => ({
  PubliclyAccessible: false,
  StorageEncrypted: true,
  DBInstanceStatus: 'available',
  Endpoint: { Port: 3306 },
  VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1', Status: 'active' }],
  ...given,
});
const group = (...IpPermissions: IpPermission[]): SecurityGroup => ({ GroupId: 'sg-1', IpPermissions });
const rule = (given: Partial<IpPermission> = {}): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 3306,
  ToPort: 3306,
  ...given,
});
const from = (...cidrs: string[]) => ({ IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) });

const sight = (given: Partial<DatabaseSight> = {}): DatabaseSight => ({
  id: 'envelope-prod-db',
  region: 'eu-west-2',
  instance: { kind: 'seen', value: instance() },
  groups: { kind: 'seen', value: [group()] },
  ...given,
});
const judged = (...rules: IpPermission[]) => {
  const checks = checkDatabase(sight({ groups: { kind: 'seen', value: [group(...rules)] } }));
  const found = checks.find(({ name }) => name === 'sg-1 on port 3306');
  if (!found) throw new Error('no check of the group');
  return found;
};

describe('security groups', () => {
  test.each([
    ['nobody', [], 'passed'],
    ['another group', [rule({ UserIdGroupPairs: [{ GroupId: 'sg-2' }] })], 'passed'],
    ['a private network', [rule(from('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'))], 'passed'],
    ['an office', [rule(from('203.0.113.7/32'))], 'passed'],
    ['everybody', [rule(from('0.0.0.0/0'))], 'failed'],
    ['everybody by IPv6', [rule({ Ipv6Ranges: [{ CidrIpv6: '::/0' }] })], 'failed'],
    ['all of public IPv6', [rule({ Ipv6Ranges: [{ CidrIpv6: '2000::/3' }] })], 'failed'],
    ['everybody in two halves', [rule(from('0.0.0.0/1')), rule(from('128.0.0.0/1'))], 'failed'],
    [
      'everybody within a range of ports',
      [rule({ FromPort: 3000, ToPort: 4000, ...from('0.0.0.0/0') })],
      'failed',
    ],
    ['everybody on all ports', [{ IpProtocol: '-1', ...from('0.0.0.0/0') }], 'failed'],
    ['everybody by protocol number', [rule({ IpProtocol: '6', ...from('0.0.0.0/0') })], 'failed'],
    ['everybody on another port', [rule({ FromPort: 443, ToPort: 443, ...from('0.0.0.0/0') })], 'passed'],
    ['everybody below the port', [rule({ FromPort: 0, ToPort: 3305, ...from('0.0.0.0/0') })], 'passed'],
    ['everybody by UDP', [rule({ IpProtocol: 'udp', ...from('0.0.0.0/0') })], 'passed'],
    [
      'pings of everybody',
      [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, ...from('0.0.0.0/0') }],
      'passed',
    ],
    ['a wide public block', [rule(from('52.0.0.0/11'))], 'warning'],
    ['a prefix list', [rule({ PrefixListIds: [{ PrefixListId: 'pl-1' }] })], 'warning'],
    ['something unreadable', [rule(from('nonsense'))], 'failed'],
    [
      'everybody beside another group',
      [rule({ UserIdGroupPairs: [{ GroupId: 'sg-2' }], ...from('0.0.0.0/0') })],
      'failed',
    ],
  ] as const)('open to %s', (_, rules, state) => {
    expect(judged(...(rules as readonly IpPermission[])).state).toBe(state);
  });

  test("the fix revokes exactly the open rule, with the rule's own ports", () => {
    const { fix } = judged(rule({ FromPort: 3000, ToPort: 4000, ...from('0.0.0.0/0', '10.0.0.0/8') }), {
      IpProtocol: '-1',
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
    });
    expect(fix.split(' ; ')).toEqual([
      `aws ec2 revoke-security-group-ingress --region eu-west-2 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":3000,"ToPort":4000,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'`,
      `aws ec2 revoke-security-group-ingress --region eu-west-2 --group-id sg-1 --ip-permissions '[{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]'`,
    ]);
  });
});

describe('the instance', () => {
  const stateOf = (given: Partial<DatabaseSight>, name: string) =>
    checkDatabase(sight(given)).find((check) => check.name === name);

  test('that is public fails with the command that hides it', () => {
    const value = instance({ PubliclyAccessible: true });
    const check = stateOf({ instance: { kind: 'seen', value } }, 'public access to envelope-prod-db');
    expect(check?.state).toBe('failed');
    expect(check?.fix).toBe(
      'aws rds modify-db-instance --region eu-west-2 --db-instance-identifier envelope-prod-db --no-publicly-accessible --apply-immediately',
    );
  });

  test('that is not encrypted is a warning', () => {
    const value = instance({ StorageEncrypted: false });
    expect(
      stateOf({ instance: { kind: 'seen', value } }, 'encryption at rest of envelope-prod-db')?.state,
    ).toBe('warning');
  });

  test('that is not there fails; one that listens on another port is looked at there', () => {
    expect(checkDatabase(sight({ instance: { kind: 'missing' } }))).toMatchObject([{ state: 'failed' }]);
    const value = instance({ Endpoint: { Port: 5432 } });
    const groups = { kind: 'seen', value: [group(rule(from('0.0.0.0/0')))] } as const;
    const checks = checkDatabase(sight({ instance: { kind: 'seen', value }, groups }));
    expect(checks.find(({ name }) => name === 'sg-1 on port 5432')?.state).toBe('passed');
  });

  test('what may not be read is unknown, with the permission, and nothing of it passed', () => {
    const denied = { kind: 'denied', permission: 'rds:DescribeDBInstances' } as const;
    expect(checkDatabase(sight({ instance: denied }))).toMatchObject([
      { state: 'unknown', detail: expect.stringContaining('rds:DescribeDBInstances') },
    ]);
    const groups = { kind: 'denied', permission: 'ec2:DescribeSecurityGroups' } as const;
    const checks = checkDatabase(sight({ groups }));
    expect(checks.map(({ state }) => state)).toEqual(['passed', 'unknown', 'passed']);
    const starting = instance({ Endpoint: undefined as never, DBInstanceStatus: 'creating' });
    expect(checkDatabase(sight({ instance: { kind: 'seen', value: starting } }))[1]).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('creating'),
    });
  });

  test('every group that is attached is looked at, one that EC2 does not show is unknown', () => {
    const VpcSecurityGroups = [{ VpcSecurityGroupId: 'sg-1' }, { VpcSecurityGroupId: 'sg-9' }];
    const value = instance({ VpcSecurityGroups });
    const states = checkDatabase(sight({ instance: { kind: 'seen', value } })).map(({ state }) => state);
    expect(states).toEqual(['passed', 'passed', 'unknown', 'passed']);
  });
});

describe('opennessOf', () => {
  test.each([
    ['0.0.0.0/0', 'everybody'],
    ['8.0.0.0/7', 'everybody'],
    ['8.0.0.0/8', 'wide'],
    ['8.8.0.0/16', 'wide'],
    ['8.8.0.0/17', 'narrow'],
    ['10.0.0.0/7', 'everybody'],
    ['10.0.0.0/8', 'narrow'],
    ['100.64.0.0/10', 'narrow'],
    ['::/0', 'everybody'],
    ['2a00::/12', 'everybody'],
    ['2a00:1450::/29', 'wide'],
    ['2a00:1450:4009::/48', 'narrow'],
    ['fd00:1:2::/48', 'narrow'],
    ['::1/128', 'narrow'],
    ['10.0.0.0', undefined],
    ['10.0.0.0/33', undefined],
    ['300.0.0.0/8', undefined],
    ['1:2:3/64', undefined],
  ] as const)('%s is %s', (cidr, openness) => {
    expect(opennessOf(cidr)).toBe(openness);
  });
});
