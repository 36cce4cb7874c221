// What a rehearsal is about, by its command line, its event and its fleet: an environment of tenants, or an application
// in one of its environments; and which repositories play.
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Subject } from '../../sandbox/open.ts';

/** What was asked for; empty where nothing was. */
export type Wanted = {
  readonly fleet: string;
  readonly application: string;
  readonly environment: string;
  readonly inputs: Readonly<Record<string, unknown>>;
};

const namesIn = (fleet: string, folder: string): readonly string[] =>
  globSync(`${folder}/*.{yml,yaml}`, { cwd: fleet })
    .map((file) => basename(file).replace(/\.ya?ml$/, ''))
    .sort();

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Or why it cannot be chosen. That it is in the manifests is looked at when they are read. */
export const subjectOf = (wanted: Wanted): Subject | readonly string[] => {
  const environments = namesIn(wanted.fleet, 'environments');
  const applications = namesIn(wanted.fleet, 'applications');
  const named = wanted.application || textOf(wanted.inputs.application);
  const [only] = applications;
  if (!named && environments.length) return tenantsOf(wanted, environments);
  if (!only)
    return [
      named
        ? `--fleet ${wanted.fleet} holds no applications/NAME.yml, so no ${named}.`
        : `--fleet ${wanted.fleet} holds neither environments/NAME.yml nor applications/NAME.yml.`,
    ];
  if (!named && applications.length > 1)
    return [`--application is missing: the fleet has ${applications.join(', ')}.`];
  return applicationOf(wanted, named || only);
};

const tenantsOf = (
  { environment, inputs }: Wanted,
  names: readonly string[],
): Subject | readonly string[] => {
  const named = environment || (names.length === 1 ? names[0] : '') || textOf(inputs.environment);
  return named ? { environment: named } : [`--environment is missing: the fleet has ${names.join(', ')}.`];
};

const applicationOf = ({ fleet, environment, inputs }: Wanted, name: string): Subject | readonly string[] => {
  const names = environmentsOf(fleet, name);
  const named = environment || (names.length === 1 ? names[0] : '') || textOf(inputs.environment);
  // One that is not there, or is broken, is told when it is read, with what is there.
  return named || !names.length
    ? { application: { name, environment: named || '' } }
    : [`--environment is missing: ${name} has ${names.join(', ')}.`];
};

const environmentsOf = (fleet: string, application: string): readonly string[] => {
  const [file] = globSync(`applications/${application}.{yml,yaml}`, { cwd: fleet });
  if (!file) return [];
  const { environments } = readMapping(join(fleet, file));
  return isMapping(environments) ? Object.keys(environments) : [];
};

export type Places = {
  readonly repository?: { readonly owner: string; readonly name: string };
  readonly manifests?: string;
};

/** Of an application: the repository that the event names, and the one that the workflow takes the manifests from. */
export const placesOf = (workflow: string, payload: Readonly<Record<string, unknown>>): Places => {
  const { repository } = payload;
  const [owner, name] = isMapping(repository) ? textOf(repository.full_name).split('/') : [];
  const { jobs } = readMapping(workflow);
  const [manifests] = Object.values(isMapping(jobs) ? jobs : {}).flatMap((job) => {
    const given = isMapping(job) && isMapping(job.with) ? textOf(job.with['manifests-repository']) : '';
    return /^[\w.-]+\/[\w.-]+$/.test(given) ? [given] : [];
  });
  return {
    ...(owner && name ? { repository: { owner, name } } : {}),
    ...(manifests && manifests !== `${owner}/${name}` ? { manifests } : {}),
  };
};

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null;

/** A broken file is told by those that read it in earnest. */
const readMapping = (path: string): Mapping => {
  try {
    const value: unknown = parse(readFileSync(path, 'utf8'));
    return isMapping(value) ? value : {};
  } catch {
    return {};
  }
};
