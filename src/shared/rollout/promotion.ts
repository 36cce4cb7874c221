// Only what was healthy one environment earlier is promoted; GitHub's deployments, which report-rollout keeps, are the proof.
import { Failed } from '../errors.ts';
import type { Tenant } from '../fleet/types.ts';
import type { GithubRun } from './github-run.ts';

/** GitHub's environment that a tenant's deployments are listed under. */
export const deploymentEnvironment = (environment: string, tenant: string): string =>
  `${environment}/${tenant}`;

/** What report-rollout writes into a deployment. */
export type DeploymentPayload = {
  readonly tenant: string;
  readonly environment: string;
  readonly image: string;
  readonly commit: string;
  readonly run: string;
  readonly attempt: string;
};

/** GitHub answers with what was sent, an object or its JSON; others' deployments may carry anything. */
export const payloadOf = (payload: unknown): Partial<Record<keyof DeploymentPayload, unknown>> => {
  if (typeof payload !== 'string') return payload !== null && typeof payload === 'object' ? payload : {};
  try {
    return payloadOf(JSON.parse(payload) ?? {});
  } catch {
    return {};
  }
};

/** Throws Failed unless the tenant's image once was healthy in the environment that its own promotes from. */
export const requirePromotion = async (tenant: Tenant, run: GithubRun): Promise<void> => {
  const from = tenant.environment.promotesFrom;
  if (from === undefined || (await wasHealthy(tenant, from, run))) return;
  throw new Failed(
    `Not started: ${tenant.name}. ${tenant.image} was never healthy in ${from}, which ${tenant.environment.name} promotes from.`,
    `Deploy ${tenant.name} to ${from} with this image first; deployments of "${deploymentEnvironment(from, tenant.name)}" in this repository show what was healthy there.`,
  );
};

type Statuses = Awaited<ReturnType<GithubRun['github']['rest']['repos']['listDeploymentStatuses']>>['data'];

/** The newest first. */
export const statusesOf = (id: number, { github, owner, repo }: GithubRun): Promise<Statuses> =>
  github.paginate(github.rest.repos.listDeploymentStatuses, {
    owner,
    repo,
    deployment_id: id,
    per_page: 100,
  });

const wasHealthy = async ({ name, image }: Tenant, from: string, run: GithubRun): Promise<boolean> => {
  const { github, owner, repo } = run;
  const environment = deploymentEnvironment(from, name);
  const pages = github.paginate.iterator(github.rest.repos.listDeployments, {
    owner,
    repo,
    environment,
    per_page: 100,
  });
  for await (const { data } of pages)
    for (const { id, payload } of data) {
      if (payloadOf(payload).image !== image) continue;
      const statuses = await statusesOf(id, run);
      // A later success has made it `inactive`; that it was one stays in its history.
      if (statuses.some(({ state }) => state === 'success')) return true;
    }
  return false;
};
