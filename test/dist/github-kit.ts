// What a job of plan-fleet or report-rollout has: GitHub's API and OIDC in a box, an account with the documented roles,
// and nothing of AWS's own credentials.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deployInfra } from '../../sandbox/aws/infra.ts';
import { openHub } from '../../sandbox/github/hub/hub.ts';
import type { Hub } from '../../sandbox/github/hub/types.ts';
import { runStep, type Step, type StepEnd } from '../../sandbox/github/step.ts';
import { saveRun, sha } from '../shared/rollout/kit.ts';
import { openRig, type Rig, type Texts } from './kit.ts';

export const fleetActions = ['plan-fleet', 'report-rollout'] as const;
export type FleetAction = (typeof fleetActions)[number];

export type Desk = {
  readonly rig: Rig;
  readonly hub: Hub;
  /** The job's own, for GitHub's API. */
  readonly token: string;
  /** What the steps get beside their inputs; run 7, attempt 1. */
  readonly env: Texts;
  /** Values that may show nowhere, by a name. */
  readonly secrets: () => Texts;
  readonly run: (action: FleetAction, step?: Partial<Step>) => Promise<StepEnd>;
  readonly close: () => Promise<void>;
};

const claims = {
  sub: 'repo:your-org/wpsit:pull_request',
  repository_id: '2002',
  job_workflow_ref: 'your-org/tenant-actions/.github/workflows/check-fleet.yml@refs/heads/main',
};

const seedRoles = async ({ sandbox }: Rig): Promise<void> =>
  void deployInfra(sandbox, {
    template: await readFile('infra/github-roles.yml', 'utf8'),
    parameters: {
      EnvironmentName: 'sit',
      GitHubOwner: 'your-org',
      GitHubOwnerId: '1001',
      GitHubRepository: 'wpsit',
      GitHubRepositoryId: claims.repository_id,
      Cluster: 'sit-cluster',
      ExecutionRoleName: 'sit-ecs-task-execution-role',
      LogGroup: '/ecs/sit',
      MasterSecret: 'sit-rds-master-credentials',
    },
  });

export const openDesk = async (): Promise<Desk> => {
  const rig = await openRig();
  await seedRoles(rig);
  const tokens: string[] = [];
  const mintToken: typeof rig.sandbox.mintToken = (given) => {
    const token = rig.sandbox.mintToken(given);
    tokens.push(token);
    return token;
  };
  const hub = await openHub({
    repository: { owner: 'your-org', name: 'wpsit', ownerId: 1001, id: 2002 },
    now: Date.now,
    mintToken,
  });
  saveRun(hub, 7, 1);
  const { token } = hub.issueToken({
    actions: 'read',
    checks: 'read',
    deployments: 'write',
    issues: 'write',
  });
  const idToken = hub.issueIdToken(claims);
  const env = {
    AWS_ENDPOINT_URL: rig.env.AWS_ENDPOINT_URL ?? '',
    ACTIONS_ID_TOKEN_REQUEST_URL: idToken.url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.token,
    ...githubOf(hub),
    GITHUB_WORKSPACE: rig.workspace.folder,
    RUNNER_DEBUG: '1',
  };
  return {
    rig,
    hub,
    token,
    env,
    secrets: () => ({ 'GitHub token': token, 'request token': idToken.token, ...named(tokens, rig) }),
    run: (action, step = {}) =>
      runStep({
        ...step,
        action: step.action ?? join('actions', action),
        inputs: { environment: 'sit', token, ...step.inputs },
        env: { ...env, ...step.env },
      }),
    close: async () => {
      await hub.close();
      await rig.close();
    },
  };
};

const githubOf = ({ url }: Hub): Texts => ({
  GITHUB_API_URL: url,
  GITHUB_SERVER_URL: url,
  GITHUB_REPOSITORY: 'your-org/wpsit',
  GITHUB_RUN_ID: '7',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_SHA: sha,
  GITHUB_EVENT_NAME: 'workflow_dispatch',
});

/** The OIDC tokens that were given, and what a session's requests were signed as. */
const named = (tokens: readonly string[], { requests }: Rig): Texts => {
  const sessions = new Set(requests.flatMap(({ headers }) => headers['x-amz-security-token'] ?? []));
  return Object.fromEntries([
    ...tokens.map((token, index) => [`OIDC token ${index}`, token]),
    ...[...sessions].map((token, index) => [`session token ${index}`, token]),
  ]);
};
