// The git repository of a rehearsal: a user's workflows and fleet, committed as they are.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, phases } from '../src/shared/fleet/types.ts';
import type { Compare } from './github/hub/types.ts';
import { roleName } from './rehearsal-roles.ts';

/** What is laid out, and where. */
export type Layout = {
  /** Folder of workflow files; it becomes `.github/workflows/`. */
  readonly workflows: string;
  /** Fleet folder; its files become part of the repository. */
  readonly fleet: string;
  /** Where the fleet lies in the repository; `fleet` unless given. */
  readonly fleetAt?: string;
};

/** Two commits in an empty folder: the workflows, and the fleet. */
export const layRepository = async (
  folder: string,
  layout: Layout,
  environment: Environment,
): Promise<void> => {
  const { fleet, workflows, fleetAt = 'fleet' } = layout;
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  await cp(workflows, join(folder, '.github/workflows'), { recursive: true });
  commitAll(folder, 'The workflows');
  await cp(fleet, join(folder, fleetAt), { recursive: true });
  if (!Object.keys(environment.roles).length) await nameRoles(join(folder, fleetAt), environment);
  commitAll(folder, 'The fleet');
};

/** A fleet that names no roles is rehearsed under those that infra/github-roles.yml makes. */
const nameRoles = async (fleet: string, environment: Environment): Promise<void> => {
  const roles = phases.map((phase) => `  ${phase}: ${roleName(environment, phase)}\n`);
  await appendFile(join(fleet, `environments/${environment.name}.yml`), `\nroles:\n${roles.join('')}`);
};

export const commitAll = (folder: string, message: string): string => {
  git(folder, ['add', '--all']);
  git(folder, [
    '-c',
    'user.name=rehearsal',
    '-c',
    'user.email=rehearsal@localhost',
    'commit',
    '--quiet',
    '-m',
    message,
  ]);
  return head(folder);
};

export const head = (folder: string, back = ''): string => git(folder, ['rev-parse', `HEAD${back}`]);

/** The folder's history, as GitHub compares commits. */
export const compareIn =
  (folder: string): Compare =>
  (base, head) => {
    if (base === head) return 'identical';
    const [ahead, behind] = [isAncestor(folder, base, head), isAncestor(folder, head, base)];
    if (ahead === undefined || behind === undefined) return undefined;
    if (ahead) return 'ahead';
    return behind ? 'behind' : 'diverged';
  };

/** Undefined where the repository does not hold both. */
const isAncestor = (folder: string, earlier: string, later: string): boolean | undefined => {
  const args = ['-C', folder, 'merge-base', '--is-ancestor', earlier, later];
  const { status } = spawnSync('git', args, { stdio: 'ignore' });
  return status === 0 || status === 1 ? status === 0 : undefined;
};

const git = (folder: string, args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
