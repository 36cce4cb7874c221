// A container to start: builders of its spec and host, and its log.
import { createRealClock, createVirtualClock } from '../../sandbox/aws/clock.ts';
import type {
  ContainerHost,
  ContainerSpec,
  DatabaseServer,
  ProbeRequest,
  RunningContainer,
  Runtime,
} from '../../sandbox/aws/containers/runtime.ts';

export const specOf = (changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
  image: 'wordpress:6.4-apache',
  entryPoint: [],
  command: [],
  environment: {},
  port: 80,
  mounts: [],
  ...changes,
});

export const asking = (path = '/'): ProbeRequest => ({
  path,
  host: 'goldencrust.wpsit.kimmyai.io',
  headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
});

/** A host on the machine's clock, two hundred times as fast, that keeps what is logged. */
export const realHost = (databases: readonly DatabaseServer[] = []) => {
  const lines: string[] = [];
  const host: ContainerHost = {
    clock: createRealClock(200),
    log: (line) => void lines.push(line),
    databases,
  };
  return { host, lines };
};

export const virtualHost = () => {
  const lines: string[] = [];
  const clock = createVirtualClock();
  const host: ContainerHost = { clock, log: (line) => void lines.push(line), databases: [] };
  return { host, clock, lines };
};

/** Throws where the runtime does not know the image. */
export const start = (runtime: Runtime, spec: ContainerSpec, host: ContainerHost): RunningContainer => {
  const container = runtime(spec, host);
  if (!container) throw new Error(`the runtime does not know ${spec.image}`);
  return container;
};
