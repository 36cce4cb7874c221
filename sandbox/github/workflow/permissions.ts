// Rights of a job's token: what a file asks for, and what a calling workflow leaves of it.
import type { Permissions } from '../hub/types.ts';
import type { Token } from './definitions.ts';
import { isMapping } from './library.ts';

/** Every scope that a file names or that a shorthand means. What it does not hold is `none`. */
export type Grant = Permissions;

const scopes = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
] as const;

/** GitHub's default where no file says anything, in repositories with restricted permissions. */
export const defaultGrant: Grant = { contents: 'read', packages: 'read' };

/** Undefined where the key is absent: then what stands above it holds. */
export const readGrant = (token: Token): Grant | undefined => {
  if (token === undefined) return undefined;
  if (isMapping(token))
    return Object.fromEntries(
      [...token].map(({ key, value }) => [key.toString(), value.toString() as 'none' | 'read' | 'write']),
    );
  const level = token.toString() === 'write-all' ? 'write' : 'read';
  return Object.fromEntries(
    scopes.filter((scope) => level === 'write' || scope !== 'id-token').map((scope) => [scope, level]),
  );
};

const ranks = { none: 0, read: 1, write: 2 } as const;

const levelOf = (grant: Grant, scope: string): keyof typeof ranks => grant[scope] ?? 'none';

/** Scopes asked for beyond what is allowed, in GitHub's words. */
export const exceeds = (asked: Grant, allowed: Grant): readonly string[] =>
  Object.keys(asked)
    .filter((scope) => ranks[levelOf(asked, scope)] > ranks[levelOf(allowed, scope)])
    .map(
      (scope) =>
        `is requesting '${scope}: ${levelOf(asked, scope)}', but is only allowed '${scope}: ${levelOf(allowed, scope)}'`,
    );

/** What is left for a pull request from a fork: nothing to write, and no identity. */
export const readOnly = (grant: Grant): Grant =>
  Object.fromEntries(
    Object.entries(grant).map(([scope, level]) => [
      scope,
      scope === 'id-token' ? 'none' : level === 'write' ? 'read' : level,
    ]),
  );
