// A sandbox whose STS trusts the tenants' jobs of one repository, and a job that connects to it.
import { createVirtualClock, type VirtualClock } from '../../../sandbox/aws/clock.ts';
import { inProcessHandler } from '../../../sandbox/aws/doors/in-process.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/aws/sandbox.ts';
import { clients } from '../../../src/shared/aws/reach-everything.ts';
import { connectThrough, type Machine } from '../../../src/shared/credentials.ts';
import type { Claims } from '../../../src/shared/oidc/claims.ts';
import type { Aws, Connection } from '../../../src/shared/world.ts';
import { sit } from '../../sandbox/fixture.ts';
import { type Conditions, claimsWith, documented, statementWith, trustWith } from './claims.ts';

export const roleArn = 'arn:aws:iam::815856636111:role/sit-tenants-deploy';

export type Bench = {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** Every token that GitHub gave out. */
  readonly tokens: readonly string[];
  readonly connect: (change?: Partial<Connection>) => Aws;
  readonly assumed: () => number;
};

export type BenchOptions = {
  readonly trust?: Conditions;
  readonly claims?: Claims;
  readonly machine?: Partial<Machine>;
  /** Seconds for which sessions last instead of an hour. */
  readonly sessionSeconds?: number;
};

type Wire = Parameters<Sandbox['handle']>[0];

const shorten = (request: Wire, seconds: number | undefined): Wire =>
  seconds !== undefined && request.body.includes('Action=AssumeRoleWithWebIdentity')
    ? { ...request, body: `${request.body}&DurationSeconds=${seconds}` }
    : request;

export const createBench = (options: BenchOptions = {}): Bench => {
  const clock = createVirtualClock();
  const sandbox = createSandbox({ clock, runtime: () => undefined, platforms: [sit] });
  sandbox.neighbours.iam.seedRole({
    name: 'sit-tenants-deploy',
    trustPolicy: trustWith(statementWith(options.trust ?? documented)),
  });
  const tokens: string[] = [];
  let serial = 0;
  const idToken = async (aud: string): Promise<string> => {
    const { sub, ...claims } = claimsWith(options.claims);
    const token = sandbox.mintToken({ ...claims, sub: String(sub), aud, jti: `token-${++serial}` });
    tokens.push(token);
    return token;
  };
  const handle: Sandbox['handle'] = (request) => sandbox.handle(shorten(request, options.sessionSeconds));
  const connect = connectThrough({
    env: {},
    clients,
    idToken,
    clock,
    random: () => 0.5,
    door: { endpoint: 'http://sandbox.invalid', requestHandler: inProcessHandler({ handle }) },
    ...options.machine,
  });
  return {
    sandbox,
    clock,
    tokens,
    connect: (change = {}) =>
      connect({ region: 'eu-west-1', roleArn, sessionName: 'deploy-goldencrust-17345-1', ...change }),
    assumed: () => sandbox.calls.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity').length,
  };
};

/** Credentials of an endpoint on this machine: the sandbox's operator, who may read roles. */
export const operator: Partial<Machine> = { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' } };

/** What was thrown, with everything that a person or a log could be shown of it. */
export const thrownBy = async (
  act: Promise<unknown>,
): Promise<{ readonly error: unknown; readonly shown: string }> => {
  const error = await act.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  const own = error instanceof Error ? Object.getOwnPropertyNames(error) : [];
  const fields = own.map((name) => String(JSON.stringify(Reflect.get(error as object, name))));
  return { error, shown: [String(error), ...fields].join('\n') };
};
