// Real SDK clients, loaded at their first call: an action that stops at a wrong input pays for none of them.
import type { ECSClientConfig } from '@aws-sdk/client-ecs';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { UnknownOutcome } from './errors.ts';
import type { Aws } from './world.ts';

export type ClientConfig = {
  readonly region: string;
  readonly credentials?: AwsCredentialIdentityProvider;
  /** For the sandbox's in-process door. */
  readonly requestHandler?: NonNullable<ECSClientConfig['requestHandler']>;
  readonly endpoint?: string;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up: a runner in a closed network has them. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
  readonly retryStrategy?: NonNullable<ECSClientConfig['retryStrategy']>;
  /** Six unless given. */
  readonly maxAttempts?: number;
  /** A minute unless given. */
  readonly requestTimeoutMs?: number;
};

const configure = ({ proxyEnv, requestTimeoutMs = 60_000, ...given }: ClientConfig) => {
  const agent = proxyEnv ? { proxyEnv: { ...proxyEnv } } : {};
  return {
    maxAttempts: 6,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: requestTimeoutMs,
      // Otherwise the SDK only warns, and an endpoint that never answers holds the job for hours.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...given,
  };
};

type Configured = ReturnType<typeof configure>;

/** How to load the client of each service that an action reaches; aws/reach-*.ts are the sets, so a bundle holds its own. */
export type Clients = { readonly [S in keyof Aws]?: (config: Configured) => Promise<Aws[S]> };

/** One lazy client per service. Source of the region: the environment manifest. */
export const connectAws = (given: ClientConfig, clients: Clients): Aws => {
  const config = configure(given);
  const client = <S extends keyof Aws>(service: S): Aws[S] =>
    lazy(async () => (await clients[service]?.(config)) ?? outOfReach(service));
  return {
    codebuild: client('codebuild'),
    codepipeline: client('codepipeline'),
    ec2: client('ec2'),
    ecs: client('ecs'),
    efs: client('efs'),
    elb: client('elb'),
    iam: client('iam'),
    logs: client('logs'),
    rds: client('rds'),
    secrets: client('secrets'),
    sts: client('sts'),
  };
};

const outOfReach = (service: string): never => {
  throw new Error(`main.ts of this action does not reach for ${service}.`);
};

type Callable = (...args: readonly unknown[]) => unknown;
type WithMiddleware = { readonly middlewareStack: { readonly addRelativeTo: Callable } };

/** Stands for a client until its first call, then calls the real one. Paginators are async generators, all else promises. */
const lazy = <T extends object>(load: () => Promise<T>): T => {
  let loading: Promise<T> | undefined;
  const client = (): Promise<T> => {
    loading ??= load().then(guardWrites);
    return loading;
  };
  const call = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const real = await client();
    return (Reflect.get(real, name) as Callable).apply(real, [...args]);
  };
  async function* pages(name: string, args: readonly unknown[]) {
    yield* (await call(name, args)) as AsyncIterable<unknown>;
  }
  const methods = {
    get: (_: object, name: string | symbol) => {
      // Not a promise, whoever awaits it.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return (...args: readonly unknown[]) =>
        name.startsWith('paginate') ? pages(name, args) : call(name, args);
    },
  };
  return new Proxy({}, methods) as T;
};

type Next = (args: object) => Promise<object>;
type Context = { readonly commandName?: string };

/**
 * The SDK repeats a write whose answer was lost, and RegisterTaskDefinition or CreateRule would then be done twice.
 * So a lost answer of a write surfaces as UnknownOutcome, which the SDK does not retry and `ensure` looks into.
 */
const guardWrites = <T extends object>(client: T): T => {
  const guard = (next: Next, context: Context) => async (args: object) => {
    try {
      return await next(args);
    } catch (error) {
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      if (!isWrite(operation) || !isUnanswered(error)) throw error;
      throw new UnknownOutcome(operation, error instanceof Error ? error.message : String(error));
    }
  };
  (client as T & WithMiddleware).middlewareStack.addRelativeTo(guard, {
    name: 'guardWrites',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
  return client;
};

const isWrite = (operation: string): boolean =>
  !/^(Describe|List|Get|BatchGet|Filter|Assume)/.test(operation);

/** No status at all (the connection broke) or a 5xx that does not say "not done". */
const isUnanswered = (error: unknown): boolean => {
  const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
  const status = $metadata?.httpStatusCode;
  if (name === 'CredentialsProviderError' || name === 'AbortError') return false;
  if (status === undefined) return isConnectionError(error);
  return status >= 500 && !/Throttl|SlowDown|ServiceUnavailable/.test(name ?? '');
};

const isConnectionError = (error: unknown): boolean => {
  const { code, name } = error as { code?: string; name?: string };
  // Refused or unresolved: nothing was sent, so the SDK may repeat it.
  return /ECONNRESET|EPIPE|ETIMEDOUT|TimeoutError|ERR_STREAM|socket/i.test(
    `${code ?? ''} ${name ?? ''} ${String(error)}`,
  );
};
