// How a found secret differs from the manifest. Where the site's content is decides before what the value says.
import type { SecretFields } from '../fleet/desired.ts';
import { tagsOf } from '../fleet/names.ts';
import type { Tags, Tenant } from '../fleet/types.ts';
import type { Difference } from '../resource.ts';

export type FoundSecret = {
  readonly tags: Tags;
  readonly stored: /** The version id says so, and the value need not be read. */
    | 'as-wanted'
    | 'pending-deletion'
    | 'not-json'
    /** It has versions, none of them AWSCURRENT. */
    | 'not-current'
    /** Seen by its description only: last written here for another manifest, or by another hand. */
    | 'for-another-manifest'
    | 'unread'
    | Readonly<Record<string, unknown>>;
};

/** `Database` names where the site's content is, for roles too that may describe a secret but not read its value. */
export const secretTags = (tenant: Tenant): Tags => ({ ...tagsOf(tenant), Database: tenant.database.name });

export const secretDifferences = (want: SecretFields, found: FoundSecret): readonly Difference[] => [
  ...movedDatabase(want, found),
  ...valueDifferences(want, found.stored),
];

/** A service that runs keeps its old credentials, so a new name would empty the site only when a task next starts. */
const movedDatabase = ({ database: to }: SecretFields, found: FoundSecret): readonly Difference[] => {
  const from = databaseOf(found);
  if (from === undefined || from === to) return [];
  return [
    {
      field: 'database.name',
      from,
      to,
      how: 'refuse',
      why: `The site's content is in ${from}. Its next task would find ${to} without it and show everybody WordPress's installation page. Write database.name: ${from} again; to move the site, copy ${from} into ${to} by hand, set the secret's tag Database to ${to} and run again.`,
    },
  ];
};

/** A secret without the tag was made elsewhere, or before there was one: then its value tells, where it was read. */
const databaseOf = ({ tags, stored }: FoundSecret): string | undefined => {
  if (tags.Database !== undefined) return tags.Database;
  const database = typeof stored === 'object' ? stored.database : undefined;
  return typeof database === 'string' && database ? database : undefined;
};

const valueDifferences = (want: SecretFields, stored: FoundSecret['stored']): readonly Difference[] => {
  if (stored === 'as-wanted' || stored === 'unread') return [];
  if (stored === 'for-another-manifest')
    return [{ field: 'value', from: 'for an earlier manifest', to: 'for this one', how: 'update' }];
  if (stored === 'pending-deletion')
    return [{ field: 'deletion', from: 'scheduled', to: 'restored, with its password', how: 'update' }];
  if (stored === 'not-json')
    return [
      {
        field: 'value',
        from: 'no JSON object',
        to: '{"username", "password", "database", "host", "port"}',
        how: 'refuse',
        why: 'It may hold a password that nothing else knows. Correct its value in Secrets Manager.',
      },
    ];
  if (stored === 'not-current')
    return [
      {
        field: 'value',
        from: 'no version AWSCURRENT',
        to: '{"username", "password", "database", "host", "port"}',
        how: 'refuse',
        why: 'A version of it may hold the password that the database knows. See them with `aws secretsmanager list-secret-version-ids --secret-id <secret>`, and give the right one the stage with `aws secretsmanager update-secret-version-stage --secret-id <secret> --version-stage AWSCURRENT --move-to-version-id <id>`; then run again.',
      },
    ];
  const fields = { ...want, password: '(kept)' };
  return Object.entries(fields)
    .filter(([key, value]) => String(stored[key]) !== String(value))
    .map(([key, value]) => ({
      field: key,
      from: String(stored[key] ?? '(none)'),
      to: key === 'password' ? '(generated)' : String(value),
      how: 'update',
    }));
};
