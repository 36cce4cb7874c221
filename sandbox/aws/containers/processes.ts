// Containers as processes of this machine: the database client's images run their command with the machine's own client,
// WordPress's run Apache and WordPress or a stand-in, and an application's a small Node program. A container sees its own
// environment, a PATH and nothing else of ours but what SANDBOX_ variables tell its programs.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
import type {
  ContainerHost,
  ContainerSpec,
  DatabaseServer,
  Mount,
  RunningContainer,
  Runtime,
} from './runtime.ts';
import { startWordPress } from './wordpress.ts';

export type ProcessRuntime = {
  readonly runtime: Runtime;
  /** Where the files of a volume lie (`Mount.volume`), once a container has mounted it. */
  readonly folderOf: (volume: string) => string;
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

/** Folders of volumes; a volume is the same folder for every container. */
type Volumes = (mount: Mount) => string;

// A process cannot have a file system of its own, so variables that are a mount's path name its folder instead.
const withMounts = ({ environment, mounts }: ContainerSpec, folderOf: Volumes): Record<string, string> => {
  const folders = new Map(mounts.map((mount) => [mount.containerPath, folderOf(mount)]));
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

const isRoot = (): boolean => process.getuid?.() === 0;

const makeFolder = (folder: string, access: Mount['access']): void => {
  if (existsSync(folder)) return;
  mkdirSync(folder);
  if (!access) return;
  if (isRoot()) chownSync(folder, access.uid, access.gid);
  chmodSync(folder, Number.parseInt(access.permissions, 8));
};

// Root's containers run as other users, who may not pass a temporary folder that is root's alone.
const temporaryFolder = (): string => (isRoot() ? '/tmp' : tmpdir());

/** A temporary folder, made when the first container needs it, that every user may pass. */
const createFolders = () => {
  let made: string | undefined;
  let containers = 0;
  const root = (): string => {
    if (made) return made;
    made = mkdtempSync(join(temporaryFolder(), 'sandbox-volumes-'));
    chmodSync(made, 0o755);
    return made;
  };
  const named = (volume: string): string => join(root(), volume.replaceAll(/[^A-Za-z0-9-]/g, '_'));
  return {
    root,
    named,
    folderOf: ({ volume, access }: Mount): string => {
      const folder = named(volume);
      makeFolder(folder, access);
      return folder;
    },
    nextHome: (): string => join(root(), `container-${++containers}`),
    remove: (): void => {
      if (made) rmSync(made, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

export type ProcessOptions = {
  /** ECR repositories whose images are Envelope's. */
  readonly repositories?: readonly string[];
  /** The real WordPress needs its packages and a database; a stand-in needs neither. */
  readonly web: 'wordpress' | 'stand-in';
};

/** Knows `wordpress*`, Envelope's images, and where a client is installed `mysql` and `mariadb`. */
export const createProcessRuntime = ({ repositories = [], web }: ProcessOptions): ProcessRuntime => {
  const names = new Set(repositories.map((repository) => readImage(repository).name));
  const children = createChildren();
  const { root, named, folderOf, nextHome, remove } = createFolders();
  process.on('exit', remove);
  return {
    runtime: (spec, host) => {
      const image = readImage(spec.image);
      if (names.has(image.name)) return startEnvelope(children, { spec, host });
      if (isWordPress(image) && web === 'wordpress')
        return startWordPress(children, { spec, host, place: { root: root(), home: nextHome(), folderOf } });
      if (isWordPress(image)) return startServer(children, [webServer], { spec, host });
      if (isDatabaseClient(image) && hasDatabaseClient())
        return startClient(children, { spec, host, folderOf });
      return undefined;
    },
    folderOf: named,
    close: async () => {
      await children.close();
      remove();
      process.off('exit', remove);
    },
  };
};
