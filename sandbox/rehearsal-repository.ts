// The git repository of a rehearsal: a user's workflows and fleet, committed as they are.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import type { Application } from '../src/shared/fleet/application.ts';
import type { Environment } from '../src/shared/fleet/types.ts';
import type { Compare } from './github/hub/types.ts';
import { applicationRoles, environmentRoles, isUnnamed, type Roles } from './rehearsal-roles.ts';

/** What is laid out, and where. */
export type Layout = {
  /** Folder of workflow files; it becomes `.github/workflows/`. */
  readonly workflows: string;
  /** Fleet folder; its files become part of the repository. */
  readonly fleet: string;
  /** Where the fleet lies in the repository; `fleet` unless given. */
  readonly fleetAt?: string;
};

/** Writes into the fleet what it leaves out and a rehearsal needs: names of roles. */
export type Completion = (fleet: string) => Promise<void>;

/** A commit in an empty folder: the workflows. */
export const layWorkflows = async (
  folder: string,
  { workflows }: Pick<Layout, 'workflows'>,
): Promise<void> => {
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  await cp(workflows, join(folder, '.github/workflows'), { recursive: true });
  commitAll(folder, 'The workflows');
};

/** A commit more in the repository: the fleet. */
export const layFleet = async (
  folder: string,
  { fleet, fleetAt = 'fleet' }: Omit<Layout, 'workflows'>,
  complete: Completion,
): Promise<void> => {
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  await cp(fleet, join(folder, fleetAt), { recursive: true });
  await complete(join(folder, fleetAt));
  commitAll(folder, 'The fleet');
};

/** A fleet that names no roles is rehearsed under those that infra/github-roles.yml makes. */
export const completeEnvironment =
  (environment: Environment): Completion =>
  async (fleet) => {
    const roles = environmentRoles(environment);
    if (!isUnnamed(roles)) return;
    const lines = roles.phases.map(({ phase, own }) => `  ${phase}: ${own}\n`);
    const path = join(fleet, `environments/${environment.name}.yml`);
    await appendFile(path, `\nroles:\n${lines.join('')}`);
  };

/** An application without roles is rehearsed under those that infra/application-roles.yml makes. */
export const completeApplication =
  (application: Application): Completion =>
  async (fleet) => {
    const roles = applicationRoles(application);
    if (!isUnnamed(roles)) return;
    const folder = join(fleet, 'applications');
    const file = (await readdir(folder)).find((name) => name.replace(/\.ya?ml$/, '') === application.name);
    if (!file) throw new Error(`There is no manifest of ${application.name} in ${folder}.`);
    const path = join(folder, file);
    await writeFile(path, withRoles(await readFile(path, 'utf8'), application.environment.name, roles));
  };

const withRoles = (text: string, environment: string, { phases }: Roles): string => {
  const document = parseDocument(text);
  const place = ['environments', environment, 'roles'];
  if (isMap(document.getIn(place))) document.deleteIn(place);
  document.setIn(
    place,
    document.createNode(Object.fromEntries(phases.map(({ phase, own }) => [phase, own]))),
  );
  return String(document);
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
