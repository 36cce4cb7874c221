// Containers as processes of this machine: the database client's images run their command with the machine's own client,
// WordPress's and an application's run a small Node program. A container sees its own environment, a PATH and nothing else of ours.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../programs.ts';
import { artisanWords, endless } from './artisan.ts';
import { type Children, createChildren } from './children.ts';
import { programOf } from './envelope.ts';
import { requestPort } from './http-request.ts';
import { isDatabaseClient, isWordPress, readImage } from './image.ts';
import { refused } from './program.ts';
import type { ContainerHost, ContainerSpec, DatabaseServer, RunningContainer, Runtime } from './runtime.ts';

export type ProcessRuntime = {
  readonly runtime: Runtime;
  /** Kills every container and removes the files of all volumes. */
  readonly close: () => Promise<void>;
};

const wrappers = fileURLToPath(new URL('bin', import.meta.url));
const webServer = fileURLToPath(new URL('web-server.ts', import.meta.url));
const envelope = fileURLToPath(new URL('envelope-program.ts', import.meta.url));

/** Whether this machine can run the database step; if not, images with a client are unknown to this runtime. */
export const hasDatabaseClient = (): boolean => findProgram('mariadb', 'mysql') !== undefined;

const mappingOf = (servers: readonly DatabaseServer[]): string =>
  servers.map(({ host, port, address }) => `${host}:${port}=${address.host}:${address.port}`).join(' ');

/** Folders of volumes by name; a volume is the same folder for every container. */
type Volumes = (volume: string) => string;

// A process cannot have a file system of its own, so variables that are a mount's path name its folder instead.
const withMounts = ({ environment, mounts }: ContainerSpec, folderOf: Volumes): Record<string, string> => {
  const folders = new Map(mounts.map(({ containerPath, volume }) => [containerPath, folderOf(volume)]));
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, folders.get(value) ?? value]),
  );
};

const startClient = (
  children: Children,
  {
    spec,
    host,
    folderOf,
  }: { readonly spec: ContainerSpec; readonly host: ContainerHost; readonly folderOf: Volumes },
): RunningContainer => {
  // Without a command the image would start a server, which ends at once without a root password.
  const [file = 'false', ...args] = [...spec.entryPoint, ...spec.command];
  const env = {
    ...withMounts(spec, folderOf),
    PATH: [wrappers, process.env.PATH ?? ''].join(delimiter),
    SANDBOX_DATABASES: mappingOf(host.databases),
  };
  const { exited, stop } = children.start({ file, args, env, channel: false }, host);
  return { exited, stop, request: async () => refused };
};

/** A Node program that listens on a port of its choice and tells it. */
const startServer = (
  children: Children,
  args: readonly string[],
  { spec, host }: { readonly spec: ContainerSpec; readonly host: ContainerHost },
): RunningContainer => {
  const env = { ...spec.environment, PATH: process.env.PATH ?? '' };
  const child = children.start({ file: process.execPath, args, env, channel: true }, host);
  let port: number | undefined;
  child.process.on('message', (message: { readonly port: number }) => {
    port = message.port;
  });
  return {
    exited: child.exited,
    stop: child.stop,
    request: async (request) => (port === undefined ? refused : requestPort(port, request)),
  };
};

const startEnvelope = (
  children: Children,
  { spec, host }: { readonly spec: ContainerSpec; readonly host: ContainerHost },
): RunningContainer => {
  const words = artisanWords(spec.command);
  const isService = words ? endless[words[0] ?? ''] !== undefined : spec.command.length === 0;
  if (isService) return startServer(children, [envelope, 'serve', programOf(spec)], { spec, host });
  const env = {
    ...spec.environment,
    PATH: [wrappers, process.env.PATH ?? ''].join(delimiter),
    SANDBOX_DATABASES: hasDatabaseClient() ? mappingOf(host.databases) : '',
  };
  const args = words ? [envelope, 'artisan', ...words] : [envelope, 'other', ...spec.command];
  const { exited, stop } = children.start({ file: process.execPath, args, env, channel: false }, host);
  return { exited, stop, request: async () => refused };
};

const createVolumes = (): { readonly folderOf: Volumes; readonly remove: () => void } => {
  let root: string | undefined;
  return {
    folderOf: (volume) => {
      root ??= mkdtempSync(join(tmpdir(), 'sandbox-volumes-'));
      const folder = join(root, volume.replaceAll(/[^A-Za-z0-9-]/g, '_'));
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    remove: () => {
      if (root) rmSync(root, { recursive: true, force: true });
    },
  };
};

/** Knows `wordpress*`, the images of `repositories` as Envelope's, and where a client is installed `mysql` and `mariadb`. */
export const createProcessRuntime = (repositories: readonly string[] = []): ProcessRuntime => {
  const names = new Set(repositories.map((repository) => readImage(repository).name));
  const children = createChildren();
  const { folderOf, remove } = createVolumes();
  process.on('exit', remove);
  return {
    runtime: (spec, host) => {
      const image = readImage(spec.image);
      if (names.has(image.name)) return startEnvelope(children, { spec, host });
      if (isWordPress(image)) return startServer(children, [webServer], { spec, host });
      if (isDatabaseClient(image) && hasDatabaseClient())
        return startClient(children, { spec, host, folderOf });
      return undefined;
    },
    close: async () => {
      await children.close();
      remove();
      process.off('exit', remove);
    },
  };
};
