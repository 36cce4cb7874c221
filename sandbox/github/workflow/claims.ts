// What GitHub's OIDC token says of a job: the caller's repository and ref, and the file that the job stands in.
import type { JobClaims } from '../hub/types.ts';
import type { Frame } from './frame.ts';
import { textOf } from './values.ts';

export const claimsOf = (frame: Frame, environment: string | undefined): JobClaims => {
  const { call, id, attempt, github, workflow } = frame.run;
  const { owner, name, ownerId, id: repositoryId } = call.hub.repository;
  const { origin } = frame.file;
  const text = (key: string): string => textOf(github[key] ?? '') ?? '';
  const holder =
    (call.subject ?? 'with-ids') === 'with-ids'
      ? `${owner}@${ownerId}/${name}@${repositoryId}`
      : `${owner}/${name}`;
  return {
    sub: `repo:${holder}:${subjectOf(text('event_name'), text('ref'), environment)}`,
    repository: `${owner}/${name}`,
    repository_id: String(repositoryId),
    repository_owner: owner,
    repository_owner_id: String(ownerId),
    repository_visibility: 'private',
    ref: text('ref'),
    ref_type: text('ref_type'),
    sha: text('sha'),
    head_ref: text('head_ref'),
    base_ref: text('base_ref'),
    workflow: workflow.name,
    workflow_ref: text('workflow_ref'),
    workflow_sha: text('workflow_sha'),
    job_workflow_ref: `${origin.repository}/${origin.path}@${origin.ref}`,
    job_workflow_sha: origin.sha,
    event_name: text('event_name'),
    actor: text('actor'),
    run_id: String(id),
    run_number: text('run_number'),
    run_attempt: String(attempt),
    runner_environment: 'github-hosted',
    ...(environment === undefined ? {} : { environment }),
  };
};

// A colon in a name would read as the next part.
const subjectOf = (event: string, ref: string, environment: string | undefined): string => {
  if (environment !== undefined) return `environment:${environment.replaceAll(':', '%3A')}`;
  return event === 'pull_request' ? 'pull_request' : `ref:${ref}`;
};
