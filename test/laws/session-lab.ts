// A lab in which one action runs as a session of a role, with exactly the permissions that its iam.json lists.
import { readFile } from 'node:fs/promises';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { trustOfRepository } from '../../sandbox/aws/platform.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import type { World } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import { type ActionName, createLab, type Lab } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

type Statement = { readonly Action: readonly string[]; readonly [member: string]: unknown };
export type Policy = { readonly Version: string; readonly Statement: readonly Statement[] };

const repository = 'your-org/wpsit';

const places: Readonly<Record<string, string>> = {
  Account: '815856636111',
  Region: 'eu-west-1',
  Environment: 'sit',
  TaskRole: 'sit-ecs-task-role',
};

/** The documented policy of an action for the SIT environment. */
export const documentedPolicy = async (action: ActionName): Promise<Policy> => {
  const text = await readFile(`actions/${action}/iam.json`, 'utf8');
  return JSON.parse(
    text.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
      const value = places[name];
      if (value === undefined)
        throw new Error(`actions/${action}/iam.json has ${whole}, which nothing fills in`);
      return value;
    }),
  ) as Policy;
};

export const actionsIn = ({ Statement }: Policy): readonly string[] => [
  ...new Set(Statement.flatMap(({ Action }) => Action)),
];

export const without = (policy: Policy, action: string): Policy => ({
  ...policy,
  Statement: policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((name) => name !== action),
  })).filter(({ Action }) => Action.length > 0),
});

const sessionOf = async ({ sandbox }: Lab, policy: Policy) => {
  const { iam } = sandbox.neighbours;
  const RoleArn = iam.seedRole({
    name: 'phase',
    trustPolicy: trustOfRepository(places.Account ?? '', repository),
    maxSessionDuration: 43_200,
  });
  iam.seedPolicy({ role: 'phase', name: 'documented', document: JSON.stringify(policy) });
  const { Credentials } = await createClients(sandbox).sts.assumeRoleWithWebIdentity({
    RoleArn,
    RoleSessionName: 'law',
    DurationSeconds: 43_200,
    WebIdentityToken: sandbox.mintToken({ sub: `repo:${repository}:environment:sit-tenants` }),
  });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
};

const noDelay = { computeNextBackoffDelay: () => 0, setDelayBase: () => {} };

const worldOfSession = async (lab: Lab, policy: Policy): Promise<World> => {
  const credentials = await sessionOf(lab, policy);
  return {
    ...lab.world,
    connect: ({ region }) =>
      connectAws(
        {
          region,
          endpoint: 'http://sandbox.invalid',
          credentials: async () => credentials,
          requestHandler: inProcessHandler(lab.sandbox),
          retryStrategy: new StandardRetryStrategy({ maxAttempts: 6, backoff: noDelay }),
        },
        clients,
      ),
  };
};

export type SessionLab = Lab & {
  /** Operations that the action called, by their IAM names, those refused as well. */
  readonly called: ReadonlySet<string>;
};

const prefixes: Readonly<Record<string, string>> = {
  efs: 'elasticfilesystem',
  elb: 'elasticloadbalancing',
  secrets: 'secretsmanager',
};

/** `action` runs under `policy`, every other one as the account's own user. */
export const createSessionLab = async (action: ActionName, policy: Policy): Promise<SessionLab> => {
  const lab = await createLab();
  const boundary = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  lab.sandbox.neighbours.iam.seedManagedPolicy({ name: 'sit-tenant-boundary', document: boundary });
  const world = await worldOfSession(lab, policy);
  const called = new Set<string>();
  const run: Lab['run'] = async (name, given = {}) => {
    if (name !== action) return lab.run(name, given);
    const from = lab.sandbox.calls.length;
    try {
      return await lab.runIn(world, name, given);
    } finally {
      for (const { service, operation } of lab.sandbox.calls.slice(from))
        called.add(`${prefixes[service] ?? service}:${operation}`);
    }
  };
  return { ...lab, run, called };
};
