// The tenant's database credentials. A password is made once and kept: whoever made it, databases already know it.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { Failed, Refused } from '../errors.ts';
import { type SecretFields, secretFields } from '../fleet/desired.ts';
import { namesOf } from '../fleet/names.ts';
import type { Resource } from '../resource.ts';
import { type FoundSecret, secretDifferences, secretTags } from './secret-differences.ts';
import { readCurrent } from './secret-value.ts';
import { isNamed, orAbsent, type Surroundings, tagList, tagRecord } from './surroundings.ts';

type Have = FoundSecret & { readonly arn: string };

/** `purge`: delete without a recovery window. */
export const tenantSecret = (around: Surroundings, purge = false): Resource<SecretFields, Have> => {
  const { tenant, aws } = around;
  const name = namesOf(tenant).secret;
  const want = secretFields(tenant);
  return {
    step: 'secret',
    kind: 'secret',
    name,
    needs: [],
    observe: () => observe(around, name, want),
    tags: (have) => have.tags,
    want: () => want,
    differs: (_, have) => secretDifferences(want, have),
    create: () => create(around, name, want),
    update: (_, have) =>
      have.stored === 'pending-deletion' ? restore(around, name, want) : writeFields(around, have, want),
    tag: async (have, tags) => {
      // Secrets Manager tags no secret that is to be deleted; restoring tags it.
      if (have.stored === 'pending-deletion') return;
      await aws.secrets.tagResource({ SecretId: have.arn, Tags: tagList(tags) });
    },
    destroy: (have) => destroy(around, have, purge),
    refs: (have) => (have.stored === 'pending-deletion' ? {} : { secretArn: have.arn }),
    isTaken: (error) => isNamed(error, 'ResourceExistsException'),
  };
};

/** What a version id begins with when its value holds these fields, so that a second run need not read a password. */
const fingerprint = (fields: SecretFields): string =>
  createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 40);

const newVersionId = (fields: SecretFields): string =>
  `${fingerprint(fields)}-${randomBytes(8).toString('hex')}`;

const observe = async (
  { aws, tenant, describeOnly }: Surroundings,
  name: string,
  want: SecretFields,
): Promise<Have | undefined> => {
  const found = await orAbsent(aws.secrets.describeSecret({ SecretId: name }), 'ResourceNotFoundException');
  if (!found) return undefined;
  const have = { arn: found.ARN ?? name, tags: tagRecord(found.Tags) };
  if (found.DeletedDate) return { ...have, stored: 'pending-deletion' };
  const versions = Object.entries(found.VersionIdsToStages ?? {});
  const current = versions.find(([, stages]) => stages.includes('AWSCURRENT'));
  if (current?.[0].startsWith(fingerprint(want))) return { ...have, stored: 'as-wanted' };
  if (!current) return { ...have, stored: versions.length ? 'not-current' : {} };
  // Ids that are not made here are UUIDs.
  if (describeOnly)
    return { ...have, stored: /^[0-9a-f]{40}-/.test(current[0]) ? 'for-another-manifest' : 'unread' };
  const value = await readValue({ aws, tenant }, name);
  return { ...have, stored: value ? withoutPassword(value) : 'not-json' };
};

/** Undefined where the value is not a JSON object. */
const readValue = async (
  around: Pick<Surroundings, 'aws' | 'tenant'>,
  id: string,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const { SecretString } = await readCurrent(around, id);
  try {
    const value: unknown = JSON.parse(SecretString ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const withoutPassword = ({
  password,
  ...rest
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  ...rest,
  ...(typeof password === 'string' && password ? { password: '(kept)' } : {}),
});

const create = async (around: Surroundings, name: string, want: SecretFields): Promise<Have> => {
  const { aws, tenant, clock } = around;
  const tags = secretTags(tenant);
  for (let attempt = 1; ; attempt++) {
    try {
      const made = await aws.secrets.createSecret({
        Name: name,
        Description: `Database credentials for ${tenant.name} tenant`,
        ClientRequestToken: newVersionId(want),
        SecretString: JSON.stringify({ ...want, password: newPassword(around) }),
        Tags: tagList(tags),
      });
      return { arn: made.ARN ?? name, tags, stored: 'as-wanted' };
    } catch (error) {
      // A name that was purged moments ago answers "scheduled for deletion" until the purge is through.
      if (!isNamed(error, 'InvalidRequestException') || attempt >= 12) throw error;
      await clock.sleep(5_000);
    }
  }
};

/** Cancels the scheduled deletion: the databases still know the password that is in there. */
const restore = async (around: Surroundings, name: string, want: SecretFields): Promise<Have> => {
  const { aws, tenant } = around;
  await aws.secrets.restoreSecret({ SecretId: name });
  for (let looks = 1; ; looks++) {
    const have = await observe(around, name, want);
    if (have && have.stored !== 'pending-deletion') {
      const differences = secretDifferences(want, have);
      const refused = differences.find(({ how }) => how === 'refuse');
      if (refused)
        throw new Refused(
          `Secret ${name} was restored: ${refused.field} is ${refused.from}, the manifest says ${refused.to}.`,
          refused.why ?? '',
        );
      await aws.secrets.tagResource({ SecretId: name, Tags: tagList(secretTags(tenant)) });
      return differences.length ? writeFields(around, have, want) : have;
    }
    if (looks >= 15)
      throw new Failed(`Secret ${name} was restored, but still reads as deleted.`, 'Run again in a minute.');
    await around.clock.sleep(2_000);
  }
};

const isEmpty = ({ stored }: Have): boolean => typeof stored === 'object' && Object.keys(stored).length === 0;

/** Writes the fields and keeps the password. */
const writeFields = async (around: Surroundings, have: Have, want: SecretFields): Promise<Have> => {
  const id = have.arn;
  // One without any value cannot be read.
  const value = (isEmpty(have) ? undefined : await readValue(around, id)) ?? {};
  const kept = typeof value.password === 'string' && value.password ? value.password : newPassword(around);
  around.log.secret(kept);
  await around.aws.secrets.putSecretValue({
    SecretId: id,
    ClientRequestToken: newVersionId(want),
    SecretString: JSON.stringify({ ...value, ...want, password: kept }),
  });
  return { ...have, stored: 'as-wanted' };
};

// Letters, digits and marks that need no quoting in a shell, a URL or wp-config.php, each kind present.
const alphabets = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '-_.~'];

const newPassword = ({ log }: Surroundings): string => {
  const all = alphabets.join('');
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  const letters = [...alphabets.map(pick), ...Array.from({ length: 28 }, () => pick(all))];
  for (let last = letters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [letters[last], letters[other]] = [letters[other] ?? '', letters[last] ?? ''];
  }
  const password = letters.join('');
  log.secret(password);
  return password;
};

/** Looks first: a deletion whose answer was lost is refused the second time. */
const destroy = async ({ aws, tenant }: Surroundings, have: Have, purge: boolean): Promise<void> => {
  const SecretId = have.arn;
  const now = await orAbsent(aws.secrets.describeSecret({ SecretId }), 'ResourceNotFoundException');
  if (!now || (now.DeletedDate && !purge)) return;
  const window = purge
    ? { ForceDeleteWithoutRecovery: true }
    : { RecoveryWindowInDays: tenant.secretRecoveryDays };
  await orAbsent(aws.secrets.deleteSecret({ SecretId, ...window }), 'ResourceNotFoundException');
};
