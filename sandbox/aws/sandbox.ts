// One AWS account in a box: one function answers requests in AWS's own protocols, and tests may break it and look inside.
import { type AccountOptions, type AccountServices, createAccount } from './account.ts';
import type { Cloud, Operations, ServiceName } from './cloud.ts';
import { createFaults, type Faults } from './faults.ts';
import { createDispatcher, type SandboxCall } from './protocol/dispatch.ts';
import type { Exchange, WireRequest } from './protocol/wire.ts';
import type { Claims } from './services/tokens.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

export type SandboxOptions = AccountOptions;

export type Sandbox = {
  readonly cloud: Cloud;
  /** Every call that was understood, in order, with what came of it. */
  readonly calls: readonly SandboxCall[];
  readonly faults: Faults;
  /** Answers one request; the doors stand before it. */
  readonly handle: (request: WireRequest) => Promise<Exchange>;
  readonly neighbours: AccountServices;
  /** A GitHub OIDC token that STS accepts; `aud`, `iss` and `exp` are right unless given. */
  readonly mintToken: (claims: Claims) => string;
  /** Everything that exists, comparable between two sandboxes, without lag. */
  readonly snapshot: () => Snapshot;
};

export const createSandbox = (options: SandboxOptions): Sandbox => {
  const { cloud, services, tokens, authorize } = createAccount(options);
  const calls: SandboxCall[] = [];
  const faults = createFaults();
  const operations: Readonly<Record<ServiceName, { readonly operations: Operations }>> = services;
  const handle = createDispatcher({
    cloud,
    operations: (service) => operations[service].operations,
    identify: services.sts.identify,
    authorize,
    faults,
    record: (call) => calls.push(call),
  });
  return {
    cloud,
    calls,
    faults,
    handle,
    neighbours: services,
    mintToken: tokens.mint,
    snapshot: () => takeSnapshot(services),
  };
};
