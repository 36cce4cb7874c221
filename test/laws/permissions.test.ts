// Law 7, enforced: a role with an action's documented policy is enough for all that the action does, and each entry of
// the policy is needed: without it the run is denied, and the denial names it.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { boundary, setStrategy } from '../actions/access-lab.ts';
import type { ActionName, Lab } from '../lab.ts';
import { bringUp, tearDown } from '../scenario.ts';
import {
  actionsIn,
  createSessionLab,
  documentedPolicy,
  type Policy,
  type SessionLab,
  without,
} from './session-lab.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';

const edit = async (lab: Lab, extra: string): Promise<void> =>
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\n${extra}\n`);

type Act = (lab: Lab) => Promise<void>;

const change: Act = async (lab) => {
  await lab.run('provision-tenant');
  await edit(lab, 'host: crust.wpsit.kimmyai.io\nhealthCheck:\n  path: /up\ncpu: 1024\nmemory: 2048');
  await lab.run('provision-tenant');
  await lab.run('provision-tenant');
};

/** With a role of the tenant's own. */
const provisionApart: Act = async (lab) => {
  await setStrategy(lab, 'role-per-tenant', boundary);
  await lab.run('provision-tenant');
  await lab.run('provision-tenant');
};

const useDatabase: Act = async (lab) => {
  await lab.run('provision-tenant', { steps: 'secret,access' });
  await lab.run('run-db-init');
  await lab.run('run-db-init', { operation: 'verify' });
  await lab.run('run-db-init', { operation: 'list', tenant: '' });
  await lab.run('run-db-init', { operation: 'drop', confirm: 'goldencrust' });
};

const takeDown: Act = async (lab) => {
  await lab.run('provision-tenant');
  await tearDown(lab);
};

const takeDownApart: Act = async (lab) => {
  await setStrategy(lab, 'role-per-tenant', boundary);
  await takeDown(lab);
};

const goBack: Act = async (lab) => {
  await bringUp(lab);
  await edit(lab, 'image: wordpress:6.9-php8.3-apache');
  await lab.run('provision-tenant');
  await lab.run('wait-healthy');
  await lab.run('rollback-tenant', { mode: 'previous-revision' });
};

const runUnder = async (
  action: ActionName,
  act: Act,
  policy: Policy,
): Promise<{ readonly lab: SessionLab; readonly error: string | undefined }> => {
  const lab = await createSessionLab(action, policy);
  const error = await act(lab).then(
    () => undefined,
    (thrown: unknown) => [String(thrown), ...((thrown as { details?: string[] }).details ?? [])].join('\n'),
  );
  return { lab, error };
};

/** Needed by calls of other names: roles handed to ECS, and tags given at creation. */
const impliedBy: Readonly<Record<string, string>> = {
  'iam:PassRole': 'ecs:RegisterTaskDefinition',
  'ecs:TagResource': 'ecs:RegisterTaskDefinition',
  'elasticfilesystem:TagResource': 'elasticfilesystem:CreateAccessPoint',
  'elasticloadbalancing:AddTags': 'elasticloadbalancing:CreateRule',
  'iam:TagRole': 'iam:CreateRole',
  'secretsmanager:TagResource': 'secretsmanager:CreateSecret',
};

/** Log lines are evidence: a run that may not read them goes on without. */
const onlyEvidence = 'logs:GetLogEvents';

/** What speaks against the removal of `name` having been noticed; undefined where all is well. */
const objection = (
  name: string,
  { lab, error }: Awaited<ReturnType<typeof runUnder>>,
): string | undefined => {
  if (error?.includes(name)) return undefined;
  const refused = lab.sandbox.calls.some(
    ({ operation, errorCode }) => `logs:${operation}` === name && errorCode === 'AccessDeniedException',
  );
  if (name === onlyEvidence && error === undefined && refused) return undefined;
  return `without ${name}: ${error ?? 'nothing was denied'}`;
};

/** What these runs do not call; that rarer ones do is the other law's matter. */
const rarer: Readonly<
  Record<'provision-tenant' | 'run-db-init' | 'wait-healthy' | 'rollback-tenant', readonly string[]>
> = {
  'provision-tenant': [
    'elasticfilesystem:DescribeFileSystems',
    'elasticloadbalancing:SetRulePriorities',
    'iam:PutRolePermissionsBoundary',
    'iam:UpdateAssumeRolePolicy',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:RestoreSecret',
  ],
  'run-db-init': ['ecs:StopTask', 'elasticfilesystem:DescribeFileSystems', 'secretsmanager:GetSecretValue'],
  'wait-healthy': [
    // Looked up where a deployment fails.
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcEndpoints',
    'ecs:DescribeTaskDefinition',
    'elasticfilesystem:DescribeFileSystems',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeTargetGroups',
    'logs:GetLogEvents',
    'secretsmanager:DescribeSecret',
  ],
  'rollback-tenant': [
    'ecs:StopTask',
    'elasticfilesystem:DescribeFileSystems',
    'secretsmanager:GetSecretValue',
  ],
};

describe.each([
  ['provision-tenant', [change, provisionApart]],
  ['run-db-init', [useDatabase]],
  ['wait-healthy', [bringUp]],
  ['rollback-tenant', [takeDown, takeDownApart, goBack]],
] as const)('%s', (action, acts) => {
  test('needs its documented policy, all of it, and nothing else', async () => {
    const policy = await documentedPolicy(action);
    const missed = new Set(actionsIn(policy));
    const objections: (string | undefined)[] = [];
    for (const act of acts) {
      const { lab, error } = await runUnder(action, act, policy);
      expect(error).toBeUndefined();
      const needed = [...missed].filter((name) => lab.called.has(impliedBy[name] ?? name));
      for (const name of needed) {
        missed.delete(name);
        objections.push(objection(name, await runUnder(action, act, without(policy, name))));
      }
    }
    expect(objections.filter((text) => text !== undefined)).toEqual([]);
    expect([...missed].sort()).toEqual([...rarer[action]].sort());
  }, 240_000);
});
