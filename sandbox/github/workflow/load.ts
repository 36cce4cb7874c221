// Everything a run will need, read before anything runs, as GitHub does: the workflow, the workflows it calls, the actions
// of their steps. All problems come at once.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkAction, type Repositories } from './actions.ts';
import { checkCall } from './calls.ts';
import type { CallJob, JobDefinition, Origin, StepsJob, WorkflowFile } from './definitions.ts';
import { placeOf, WorkflowInvalid } from './errors.ts';
import { type Reading, readWorkflowFile, type UnlinkedCall, type UnlinkedFile } from './file.ts';
import { defaultGrant, exceeds, type Grant } from './permissions.ts';
import { resolveRef } from './repositories.ts';

const maxLevels = 10;
const maxFiles = 50;

type Loading = {
  readonly repositories: Repositories;
  /** A file that is called twice says its problems once. */
  readonly problems: Set<string>;
  /** Files read so far, by folder and path. */
  readonly read: Map<string, Promise<Reading>>;
};

/** Throws WorkflowInvalid. */
export const loadWorkflow = async (origin: Origin, repositories: Repositories): Promise<WorkflowFile> => {
  const loading: Loading = { repositories, problems: new Set(), read: new Map() };
  const file = await load(origin, { loading, allowed: undefined, level: 1 });
  const called = loading.read.size - 1;
  if (called > maxFiles)
    loading.problems.add(`${origin.path} calls ${called} workflows; GitHub allows ${maxFiles}`);
  if (!file || loading.problems.size > 0) throw new WorkflowInvalid([...loading.problems]);
  return file;
};

type At = { readonly loading: Loading; readonly allowed: Grant | undefined; readonly level: number };

const load = async (origin: Origin, at: At): Promise<WorkflowFile | undefined> => {
  const path = join(origin.folder, origin.path);
  const { problems, read } = at.loading;
  const known = read.get(path) ?? readFrom(path, origin);
  read.set(path, known);
  const reading = await known;
  if (reading.kind === 'invalid') {
    for (const problem of reading.problems) problems.add(problem);
    return undefined;
  }
  const jobs: JobDefinition[] = [];
  for (const job of reading.file.jobs) {
    const linked = await linkJob(job, reading.file, at);
    if (linked) jobs.push(linked);
  }
  // Read for another ref, maybe.
  return { ...reading.file, origin, jobs };
};

const readFrom = async (path: string, origin: Origin): Promise<Reading> =>
  existsSync(path)
    ? readWorkflowFile({ origin, content: await readFile(path, 'utf8') })
    : { kind: 'invalid', problems: [`${origin.repository} has no ${origin.path}`] };

const linkJob = async (
  job: StepsJob | UnlinkedCall,
  file: UnlinkedFile,
  at: At,
): Promise<JobDefinition | undefined> => {
  const { loading, allowed } = at;
  const asked = job.permissions ?? file.permissions ?? allowed ?? defaultGrant;
  const place = placeOf(file.origin.path, job.token);
  if (allowed)
    for (const excess of exceeds(asked, allowed))
      loading.problems.add(`${place}: The nested job '${job.id}' ${excess}`);
  if (job.kind === 'call') return linkCall(job, file, { ...at, allowed: asked });
  for (const { does } of job.steps) {
    if (does.kind !== 'uses') continue;
    const problem = await checkAction(does, file.origin, loading.repositories);
    if (problem !== undefined) loading.problems.add(`${placeOf(file.origin.path, does.token)}: ${problem}`);
  }
  return job;
};

const linkCall = async (call: UnlinkedCall, file: UnlinkedFile, at: At): Promise<CallJob | undefined> => {
  const { uses, ...job } = call;
  const { problems, repositories } = at.loading;
  const place = placeOf(file.origin.path, uses);
  if (at.level >= maxLevels) {
    problems.add(`${place}: workflows may be nested ${maxLevels} levels deep, and this is one more`);
    return undefined;
  }
  const origin = originOf(uses.toString(), file.origin, repositories);
  if (typeof origin === 'string') {
    problems.add(`${place}: ${origin}`);
    return undefined;
  }
  const called = await load(origin, { ...at, level: at.level + 1 });
  if (!called) return undefined;
  for (const problem of checkCall(call, called)) problems.add(`${place}: ${problem}`);
  return { ...job, called };
};

/** Where a called workflow lies, or why it cannot be called. */
const originOf = (uses: string, caller: Origin, repositories: Repositories): Origin | string => {
  const own = /^(?:\.|\$)\/(\.github\/workflows\/[^/@]+\.ya?ml)$/.exec(uses);
  if (own) return { ...caller, path: own[1] ?? '' };
  const [, repository = '', path = '', ref = ''] =
    /^([^/@]+\/[^/@]+)\/(\.github\/workflows\/[^/@]+\.ya?ml)@(.+)$/.exec(uses) ?? [];
  if (!path)
    return `'${uses}' is no workflow: ./.github/workflows/FILE, $/.github/workflows/FILE or OWNER/NAME/.github/workflows/FILE@REF`;
  const folder = repositories[repository];
  if (folder === undefined) return `no folder stands for the repository ${repository} of '${uses}'`;
  return { repository, folder, path, ...resolveRef(folder, ref) };
};
