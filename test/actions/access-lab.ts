// A lab whose environment has an access strategy, and what IAM says of roles and secrets in it.
import { readFile } from 'node:fs/promises';
import type { Access } from '../../src/shared/fleet/types.ts';
import type { Outcome } from '../../src/shared/resource.ts';
import { createLab, type Lab, type LabOptions } from '../lab.ts';

export type Strategy = Access['strategy'];
export const strategies: readonly Strategy[] = ['inline-policy', 'path-wildcard', 'role-per-tenant'];

/** Milliseconds: a tenant's whole life on a machine that does much else. */
export const slow = 60_000;

export const account = '815856636111';
export const sharedRole = 'sit-ecs-task-execution-role';
export const boundary = `arn:aws:iam::${account}:policy/sit-tenant-boundary`;
const manifest = 'examples/wpsit/environments/sit.yml';

/** Writes the strategy into the environment's manifest, as a commit would. */
export const setStrategy = async (lab: Lab, strategy: Strategy, bound?: string): Promise<void> => {
  const lines = ['access:', `  strategy: ${strategy}`, ...(bound ? [`  permissionsBoundary: ${bound}`] : [])];
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\n${lines.join('\n')}\n`);
};

export const labWith = async (strategy: Strategy, options: LabOptions = {}): Promise<Lab> => {
  const lab = await createLab(options);
  await setStrategy(lab, strategy);
  return lab;
};

/** Whether the role may read the secret of that name now. */
export const mayRead = ({ sandbox }: Lab, role: string, secret: string): boolean =>
  sandbox.neighbours.iam.allows({
    roleArn: `arn:aws:iam::${account}:role/${role}`,
    action: 'secretsmanager:GetSecretValue',
    resource: `arn:aws:secretsmanager:eu-west-1:${account}:secret:${secret}-a1b2c3`,
  });

type IamState = {
  readonly roles: readonly {
    readonly name: string;
    readonly permissionsBoundary?: string;
    readonly tags: object;
  }[];
  readonly policies: readonly { readonly role: string; readonly name: string }[];
};

export const iamOf = ({ sandbox }: Lab): IamState => sandbox.neighbours.iam.snapshot() as IamState;

/** Names of the inline policies that let roles read tenants' secrets, with their role. */
export const accessPoliciesIn = (lab: Lab): readonly string[] =>
  iamOf(lab)
    .policies.filter(({ name }) => name.includes('secrets-access'))
    .map(({ role, name }) => `${role} ${name}`)
    .sort();

export const outcomesOf = ({ plan = '[]' }: Readonly<Record<string, string>>): readonly Outcome[] =>
  JSON.parse(plan) as readonly Outcome[];

/** The role that the latest revision of the tenant's task definition starts with. */
export const startingRole = async (lab: Lab, tenant = 'goldencrust'): Promise<string | undefined> => {
  const { ecs } = lab.world.connect({ region: 'eu-west-1', roleArn: undefined, sessionName: 'by-hand' });
  const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: `sit-${tenant}` });
  return taskDefinition?.executionRoleArn?.split('/').at(-1);
};
