// `report-rollout` mode tenant: GitHub's deployment of one tenant, one for each run and attempt. It only tells: what GitHub
// answers never fails a deployment.
import { Cancelled, UserError } from '../errors.ts';
import { selectTenant } from '../fleet/fleet.ts';
import { concerning, loadFleet } from '../fleet/load.ts';
import type { Tenant } from '../fleet/types.ts';
import { messageOf } from '../report.ts';
import type { World } from '../world.ts';
import { checkedOutCommit } from './git.ts';
import { asking, type GithubRun, openRun } from './github-run.ts';
import { removed } from './newer.ts';
import { type DeploymentPayload, deploymentEnvironment, payloadOf } from './promotion.ts';

/** What becomes of a tenant: how its job stands, or that a teardown removed it. */
export type TenantMark = 'in_progress' | 'success' | 'failure' | 'cancelled' | 'removed';

export type StatusGiven = {
  readonly fleet: string;
  readonly environment: string;
  readonly tenant: string;
  readonly state: TenantMark;
  /** What made it fail, in one line. */
  readonly cause?: string | undefined;
  readonly token: string;
};

/**
 * How long a status waits for rate limits, in milliseconds, before it is given up. A promotion knows no other proof of health
 * than the status of success, nothing but `removed` keeps an older rollout from making the tenant again, and GitHub's limit
 * lasts an hour at most.
 */
const patienceMs: Readonly<Record<TenantMark, number>> = {
  in_progress: 120_000,
  success: 3_700_000,
  failure: 120_000,
  cancelled: 120_000,
  removed: 3_700_000,
};

/** Throws UserError for inputs and manifests only. Answers the tenant. */
export const reportTenant = async (given: StatusGiven, world: World): Promise<Tenant> => {
  const { environment, tenant: name, state: status } = given;
  const tenant = selectTenant(await loadFleet(world.files, given.fleet, concerning(given)), {
    environment,
    tenant: name,
  });
  try {
    const commit = await checkedOutCommit(given.fleet, world);
    const run = await openRun({ token: given.token, until: world.clock.now() + patienceMs[status] }, world);
    const payload = payloadFor(tenant, commit, world);
    await asking('keep the deployment', 'deployments: write', () =>
      tell({ run, payload, status, tenant, cause: given.cause }, world),
    );
  } catch (error) {
    if (error instanceof Cancelled || error instanceof UserError) throw error;
    world.log.warning(
      `GitHub's deployment status of ${name} could not be set to ${status}; the deployment itself goes on. ${messageOf(error)}`,
    );
  }
  return tenant;
};

type Told = Omit<Status, 'id'> & { readonly payload: DeploymentPayload };

const tell = async ({ payload, ...told }: Told, world: World): Promise<void> => {
  const { run, status } = told;
  const known = await findDeployment(run, payload);
  // A tenant that never began has nothing to end: its deployment of before is still the newest.
  if (known === undefined && (status === 'failure' || status === 'cancelled')) return;
  const id = known ?? (await createDeployment(run, payload));
  await addStatus({ ...told, id }, world);
};

const payloadFor = (
  { name, image, environment }: Tenant,
  commit: string,
  { run }: Pick<World, 'run'>,
): DeploymentPayload => ({
  tenant: name,
  environment: environment.name,
  image,
  commit,
  run: run.id,
  attempt: run.attempt || '1',
});

const findDeployment = async (
  { github, owner, repo }: GithubRun,
  { environment, tenant, commit, run, attempt }: DeploymentPayload,
): Promise<number | undefined> => {
  // The newest first: this run's is on the first page.
  const { data } = await github.rest.repos.listDeployments({
    owner,
    repo,
    environment: deploymentEnvironment(environment, tenant),
    sha: commit,
    per_page: 30,
  });
  return data.find(({ payload }) => {
    const known = payloadOf(payload);
    return known.run === run && known.attempt === attempt;
  })?.id;
};

const createDeployment = async (
  { github, owner, repo }: GithubRun,
  payload: DeploymentPayload,
): Promise<number> => {
  const { data } = await github.rest.repos.createDeployment({
    owner,
    repo,
    ref: payload.commit,
    environment: deploymentEnvironment(payload.environment, payload.tenant),
    payload,
    description: `${payload.tenant} in ${payload.environment}: ${payload.image}`.slice(0, 140),
    auto_merge: false,
    // This run's own checks are not done yet.
    required_contexts: [],
    // GitHub never makes an earlier deployment of a production environment inactive.
    production_environment: false,
  });
  if ('id' in data) return data.id;
  throw new Error(data.message ?? 'GitHub made no deployment');
};

type Status = {
  readonly run: GithubRun;
  readonly id: number;
  readonly status: TenantMark;
  readonly tenant: Tenant;
  readonly cause: string | undefined;
};

const addStatus = async (
  { run: { github, owner, repo }, id, status, tenant, cause }: Status,
  { run }: Pick<World, 'run'>,
): Promise<void> => {
  const log = /^https?:/.test(run.url) ? { log_url: `${run.url}/attempts/${run.attempt || '1'}` } : {};
  await github.rest.repos.createDeploymentStatus({
    owner,
    repo,
    deployment_id: id,
    state: states[status],
    ...log,
    environment_url: `https://${tenant.host}/`,
    description: described(status, cause),
    auto_inactive: true,
  });
};

/** GitHub's names. */
const states = {
  in_progress: 'in_progress',
  success: 'success',
  failure: 'failure',
  cancelled: 'error',
  removed: 'inactive',
} as const;

/** GitHub takes 140 characters. */
const described = (status: TenantMark, cause: string | undefined): string => {
  const text = status === 'failure' && cause ? `Failed: ${cause}` : descriptions[status];
  return text.length <= 140 ? text : `${text.slice(0, 139)}…`;
};

const descriptions: Readonly<Record<TenantMark, string>> = {
  in_progress: 'Being deployed',
  success: 'Healthy',
  failure: 'Failed; the run says why and what to do',
  cancelled: 'Cancelled before it was healthy',
  removed,
};
