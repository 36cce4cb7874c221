// What RDS and EC2 say of the database's exposure. What the role may not read is told as such, and never as safe.
import type { DBInstance } from '@aws-sdk/client-rds';
import { Cancelled } from '../errors.ts';
import type { ApplicationDatabase } from '../fleet/application.ts';
import type { Check } from '../judge/check.ts';
import { checkDatabase, type Seen } from '../judge/security.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { messageOf } from '../report.ts';
import { isNamed } from '../resources/surroundings.ts';

/** Takes two calls. Throws Cancelled only. */
export const lookAtDatabase = async (
  { aws, application }: ApplicationSurroundings,
  { instance: id }: ApplicationDatabase,
): Promise<readonly Check[]> => {
  const instance = await see('rds:DescribeDBInstances', async () => {
    const { DBInstances } = await aws.rds.describeDBInstances({ DBInstanceIdentifier: id });
    return DBInstances?.[0];
  });
  const GroupIds = groupIdsOf(instance);
  const groups = await see('ec2:DescribeSecurityGroups', async () =>
    GroupIds.length ? (await aws.ec2.describeSecurityGroups({ GroupIds })).SecurityGroups : [],
  );
  return checkDatabase({ id, region: application.environment.region, instance, groups });
};

const groupIdsOf = (instance: Seen<DBInstance>): string[] =>
  instance.kind === 'seen'
    ? (instance.value.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? [])
    : [];

const see = async <T>(permission: string, look: () => Promise<T | undefined>): Promise<Seen<T>> => {
  try {
    const value = await look();
    return value === undefined ? { kind: 'missing' } : { kind: 'seen', value };
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    // The SDK and the API's own model name it differently.
    if (isNamed(error, 'DBInstanceNotFound', 'DBInstanceNotFoundFault')) return { kind: 'missing' };
    if (isNamed(error, 'AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'))
      return { kind: 'denied', permission };
    return { kind: 'unreadable', why: messageOf(error, 'application') };
  }
};
