// The event that starts a run, as the `github` context and GITHUB_EVENT_PATH show it.
import type { Origin, WorkflowFile } from './definitions.ts';
import type { Occasion } from './events.ts';
import { changedBetween } from './repositories.ts';
import type { RunCall } from './types.ts';
import { isRecord, type Value, type Values } from './values.ts';

const at = (value: Value | undefined, ...path: readonly string[]): Value | undefined =>
  path.reduce<Value | undefined>((found, name) => (isRecord(found) ? found[name] : undefined), value);

const textAt = (value: Value | undefined, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const refOf = ({ event, repository }: RunCall): string => event.ref ?? repository.ref;

/** The payload, with what every event has. */
export const eventOf = (call: RunCall, inputs: Values): Values => {
  const { owner, name, id, ownerId } = call.hub.repository;
  return {
    repository: { id, name, full_name: `${owner}/${name}`, owner: { id: ownerId, login: owner } },
    sender: { login: actorOf(call) },
    ...(call.event.name === 'workflow_dispatch'
      ? {
          ref: refOf(call),
          inputs: Object.fromEntries(Object.entries(inputs).map(([key, of]) => [key, String(of)])),
        }
      : {}),
    ...(JSON.parse(JSON.stringify(call.event.payload)) as Values),
  };
};

const actorOf = ({ event }: RunCall): string => event.actor ?? 'octocat';

export const occasionOf = (call: RunCall, event: Values): Occasion => {
  const { folder, sha } = call.repository;
  const base = textAt(event, 'pull_request', 'base', 'ref');
  const from = textAt(event, 'pull_request', 'base', 'sha') ?? textAt(event, 'before');
  return {
    name: call.event.name,
    action: textAt(event, 'action'),
    ref: call.event.name.startsWith('pull_request') && base ? `refs/heads/${base}` : refOf(call),
    cron: textAt(event, 'schedule'),
    changed: from === undefined ? undefined : changedBetween(folder, from, sha),
  };
};

export const isFromFork = (call: RunCall, event: Values): boolean => {
  const { owner, name } = call.hub.repository;
  const head = textAt(event, 'pull_request', 'head', 'repo', 'full_name');
  return call.event.name === 'pull_request' && head !== undefined && head !== `${owner}/${name}`;
};

type Numbers = { readonly id: number; readonly attempt: number };

/** What all jobs of a run share of the `github` context. */
export const githubContext = (
  call: RunCall,
  { file, event }: { readonly file: WorkflowFile; readonly event: Values },
  { id, attempt }: Numbers,
): Values => {
  const { url, repository } = call.hub;
  const ref = refOf(call);
  const actor = actorOf(call);
  return {
    actor,
    actor_id: '583231',
    triggering_actor: actor,
    api_url: url,
    graphql_url: `${url}/graphql`,
    server_url: url,
    event,
    event_name: call.event.name,
    head_ref: textAt(event, 'pull_request', 'head', 'ref') ?? '',
    base_ref: textAt(event, 'pull_request', 'base', 'ref') ?? '',
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    repository: `${repository.owner}/${repository.name}`,
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(repository.ownerId),
    repositoryUrl: `git://github.com/${repository.owner}/${repository.name}.git`,
    retention_days: '90',
    run_id: String(id),
    run_number: String(id % 1000),
    run_attempt: String(attempt),
    secret_source: 'Actions',
    sha: call.repository.sha,
    workflow: file.name,
    ...workflowPlace(file.origin),
  };
};

const workflowPlace = ({ repository, path, ref, sha }: Origin): Values => ({
  workflow_ref: `${repository}/${path}@${ref}`,
  workflow_sha: sha,
});
