// Is the database out of the internet's reach? Groups that let each other in by id are how it should be.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { Check, CheckState } from './check.ts';
import { type Openness, opennessOf } from './cidr.ts';

/** What could be read, or why it could not. */
export type Seen<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'missing' }
  /** The role lacks `permission`. */
  | { readonly kind: 'denied'; readonly permission: string }
  | { readonly kind: 'unreadable'; readonly why: string };

export type DatabaseSight = {
  /** RDS instance identifier. */
  readonly id: string;
  readonly region: string;
  readonly instance: Seen<DBInstance>;
  readonly groups: Seen<readonly SecurityGroup[]>;
};

const security = (
  name: string,
  state: CheckState,
  [detail, fix = '']: readonly [string, string?],
): Check => ({
  kind: 'security',
  name,
  state,
  detail,
  fix,
});

export const checkDatabase = (sight: DatabaseSight): readonly Check[] => {
  const { id, instance } = sight;
  if (instance.kind !== 'seen') return [checkUnseen(id, instance)];
  return [
    checkPublic(sight, instance.value),
    ...checkGroups(sight, instance.value),
    checkEncryption(id, instance.value),
  ];
};

type Unseen = Exclude<Seen<unknown>, { readonly kind: 'seen' }>;

const checkUnseen = (name: string, unseen: Unseen): Check => {
  switch (unseen.kind) {
    case 'missing':
      return security(name, 'failed', [
        'there is no such RDS instance in this account and region',
        "Correct database.instance in the application's manifest.",
      ]);
    case 'denied':
      return security(name, 'unknown', [
        `not looked at: the role lacks ${unseen.permission}`,
        `Allow ${unseen.permission} to the role; the action's README has the whole policy.`,
      ]);
    case 'unreadable':
      return security(name, 'unknown', [`not looked at: ${unseen.why}`, 'Run again.']);
  }
};

const checkPublic = ({ id, region }: DatabaseSight, { PubliclyAccessible }: DBInstance): Check => {
  const name = `public access to ${id}`;
  if (PubliclyAccessible === false) return security(name, 'passed', ['PubliclyAccessible is false']);
  if (PubliclyAccessible === undefined)
    return security(name, 'unknown', ['RDS does not say whether it is publicly accessible', 'Run again.']);
  return security(name, 'failed', [
    'PubliclyAccessible is true: its name leads to a public address',
    `aws rds modify-db-instance --region ${region} --db-instance-identifier ${id} --no-publicly-accessible --apply-immediately`,
  ]);
};

const checkEncryption = (id: string, { StorageEncrypted }: DBInstance): Check => {
  const name = `encryption at rest of ${id}`;
  if (StorageEncrypted) return security(name, 'passed', ['StorageEncrypted is true']);
  return security(name, 'warning', [
    'StorageEncrypted is not true',
    'An instance is encrypted when it is made: copy an encrypted snapshot of it, and restore that.',
  ]);
};

const checkGroups = (sight: DatabaseSight, instance: DBInstance): readonly Check[] => {
  const { id, region, groups } = sight;
  const attached = (instance.VpcSecurityGroups ?? []).map(
    ({ VpcSecurityGroupId = '' }) => VpcSecurityGroupId,
  );
  // An instance that is being made has no endpoint yet.
  const port = instance.Endpoint?.Port;
  if (port === undefined) {
    const why = `the instance is ${instance.DBInstanceStatus ?? 'not ready'} and has no port yet`;
    return [checkUnseen(`security groups of ${id}`, { kind: 'unreadable', why })];
  }
  if (groups.kind !== 'seen') return [checkUnseen(`security groups of ${id}`, groups)];
  return attached.map((groupId) => {
    const group = groups.value.find(({ GroupId }) => GroupId === groupId);
    const name = `${groupId} on port ${port}`;
    if (!group) return checkUnseen(name, { kind: 'unreadable', why: 'EC2 does not show the group' });
    return checkGroup(name, group, { port, region });
  });
};

type Door = { readonly port: number; readonly region: string };

const checkGroup = (name: string, group: SecurityGroup, { port, region }: Door): Check => {
  const rules = (group.IpPermissions ?? []).filter((rule) => reaches(rule, port));
  const open = rules.flatMap((rule) => cidrsOf(rule, 'everybody').map((cidr) => ({ rule, cidr })));
  if (open.length) {
    const detail = open.map(({ rule, cidr }) => `${portsOf(rule)} open to ${cidr}`).join('; ');
    const fix = open.map(({ rule, cidr }) => revoke(group, { rule, cidr, region })).join(' ; ');
    return security(name, 'failed', [detail, fix]);
  }
  const wide = rules.flatMap((rule) => cidrsOf(rule, 'wide'));
  const lists = rules.flatMap(({ PrefixListIds = [] }) =>
    PrefixListIds.map(({ PrefixListId }) => PrefixListId),
  );
  if (wide.length + lists.length) {
    const details = [
      ...(wide.length ? [`open to ${wide.join(', ')}: more addresses than a company has`] : []),
      ...(lists.length ? [`open to prefix lists ${lists.join(', ')}, which are not looked into`] : []),
    ];
    return security(name, 'warning', [
      details.join('; '),
      'Let in the security groups of the tasks instead.',
    ]);
  }
  return security(name, 'passed', [tellAllowed(rules)]);
};

const tellAllowed = (rules: readonly IpPermission[]): string => {
  const groups = rules.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ GroupId }) => GroupId));
  const cidrs = rules.flatMap((rule) => cidrsOf(rule, 'narrow'));
  const allowed = [...new Set([...groups, ...cidrs])];
  return allowed.length ? `lets in only ${allowed.join(', ')}` : 'lets nobody in';
};

/** -1 is every protocol and every port; ECS's and AWS's own tools write tcp, the API takes 6 as well. */
const reaches = ({ IpProtocol, FromPort, ToPort }: IpPermission, port: number): boolean => {
  if (IpProtocol === '-1') return true;
  if (IpProtocol !== 'tcp' && IpProtocol !== '6') return false;
  return (FromPort ?? 0) <= port && port <= (ToPort ?? 65_535);
};

/** Something that is no CIDR block is taken for the worst. */
const cidrsOf = ({ IpRanges = [], Ipv6Ranges = [] }: IpPermission, wanted: Openness): readonly string[] =>
  [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].flatMap((cidr) =>
    cidr !== undefined && (opennessOf(cidr) ?? 'everybody') === wanted ? [cidr] : [],
  );

const portsOf = ({ IpProtocol, FromPort, ToPort }: IpPermission): string =>
  IpProtocol === '-1'
    ? 'every port'
    : FromPort === ToPort
      ? `port ${FromPort}`
      : `ports ${FromPort ?? 0}-${ToPort ?? 65_535}`;

type Open = { readonly rule: IpPermission; readonly cidr: string; readonly region: string };

/** The rule as it stands: EC2 revokes nothing whose ports differ from the rule's own. */
const revoke = ({ GroupId }: SecurityGroup, { rule, cidr, region }: Open): string => {
  const { IpProtocol, FromPort, ToPort } = rule;
  const ports = IpProtocol === '-1' ? {} : { FromPort, ToPort };
  const ranges = cidr.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] };
  const permission = JSON.stringify([{ IpProtocol, ...ports, ...ranges }]);
  return `aws ec2 revoke-security-group-ingress --region ${region} --group-id ${GroupId} --ip-permissions '${permission}'`;
};
