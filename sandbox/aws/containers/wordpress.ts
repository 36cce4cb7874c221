// WordPress's image with the real thing: Debian's Apache, PHP and WordPress, in a folder of its own for each container.
// What the folders and the database's address are called here, logs and pages call by the names that a container has.
import { existsSync, globSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../programs.ts';
import type { Children } from './children.ts';
import { requestPort } from './http-request.ts';
import { refused } from './program.ts';
import type { ContainerHost, ContainerSpec, Mount, ProbeAnswer, RunningContainer } from './runtime.ts';
import { addressNames, databaseAddress } from './wordpress-database.ts';

export type WordPressPlace = {
  /** A folder that all users may pass, for this and all other containers of the sandbox. */
  readonly root: string;
  /** Of this container alone. */
  readonly home: string;
  readonly folderOf: (mount: Mount) => string;
};

type Part = { readonly spec: ContainerSpec; readonly host: ContainerHost; readonly place: WordPressPlace };

const serve = fileURLToPath(new URL('wordpress/serve.ts', import.meta.url));
const configuration = fileURLToPath(new URL('wordpress/apache.conf', import.meta.url));
const modules = '/usr/lib/apache2/modules';
const docroot = '/var/www/html';
const imagePort = 80;

const phpModule = (): string | undefined => globSync(join(modules, 'libphp*.so')).toSorted().at(-1);

/** Whether Debian's packages are here: wordpress, libapache2-mod-php, php-mysql and a theme. */
export const hasWordPress = (): boolean =>
  findProgram('apache2') !== undefined &&
  phpModule() !== undefined &&
  globSync('/etc/php/*/apache2/conf.d/*-mysqli.ini').length > 0 &&
  existsSync('/usr/share/wordpress/wp-includes/version.php') &&
  globSync('/usr/share/wordpress/wp-content/themes/*/style.css').length > 0 &&
  ['setpriv', 'flock', 'tar'].every((program) => findProgram(program));

const accessOf = ({ mounts }: ContainerSpec): Mount['access'] =>
  mounts.find(({ access }) => access !== undefined)?.access;

/** The image's user, unless an access point makes another of everyone. */
const wwwData = { uid: 33, gid: 33 };

const pointOf = (spec: ContainerSpec): string => {
  const access = accessOf(spec);
  return access ? `${access.uid}:${access.gid}` : '';
};

/** The container's document root, with the volumes where they are mounted in it. */
const layOut = ({ spec, place: { home, folderOf } }: Part): void => {
  mkdirSync(join(home, 'run'), { recursive: true });
  const mounts = spec.mounts.toSorted((a, b) => a.containerPath.length - b.containerPath.length);
  const html = join(home, 'html');
  for (const mount of mounts) {
    const inside = relative(docroot, mount.containerPath);
    if (inside.startsWith('..')) continue;
    const path = join(html, inside);
    mkdirSync(join(path, '..'), { recursive: true });
    symlinkSync(folderOf(mount), path);
  }
  mkdirSync(html, { recursive: true });
};

const apache = (): readonly string[] => [findProgram('apache2') ?? 'apache2', '-f', configuration];

const databaseHost = ({ environment }: ContainerSpec): string => environment.WORDPRESS_DB_HOST ?? 'mysql';

const environmentOf = ({ spec, host, place: { home, root } }: Part): Record<string, string> => ({
  ...spec.environment,
  PATH: process.env.PATH ?? '',
  SANDBOX_ROOT: root,
  SANDBOX_HOME: home,
  SANDBOX_UID: String((accessOf(spec) ?? wwwData).uid),
  SANDBOX_GID: String((accessOf(spec) ?? wwwData).gid),
  SANDBOX_POINT: pointOf(spec),
  SANDBOX_MODULES: modules,
  SANDBOX_PHP: phpModule() ?? '',
  SANDBOX_DB_HOST: databaseAddress(host, databaseHost(spec)),
});

/** Names of this machine become those of the container. */
const translator = ({ spec, host, place: { home, root, folderOf } }: Part): ((text: string) => string) => {
  const folders: readonly (readonly [string, string])[] = [
    [join(home, 'html'), docroot],
    ...spec.mounts.map((mount) => [folderOf(mount), mount.containerPath] as const),
    [join(root, 'wordpress'), '/usr/src/wordpress'],
    [apache().join(' '), 'apache2'],
  ];
  const names = [...folders, ...addressNames(host, databaseHost(spec))];
  return (text) =>
    names.reduce((translated, [ours, theirs]) => translated.replaceAll(ours, () => theirs), text);
};

const translateAnswer = (answer: ProbeAnswer, translate: (text: string) => string): ProbeAnswer =>
  answer.kind === 'answer' ? { ...answer, body: translate(answer.body) } : answer;

/** Listens within a second. */
export const startWordPress = (children: Children, part: Part): RunningContainer => {
  layOut(part);
  const { host } = part;
  const translate = translator(part);
  const log = (line: string): void => host.log(translate(line));
  const args = [serve, ...apache(), '-DFOREGROUND'];
  const env = environmentOf(part);
  const child = children.start(
    { file: process.execPath, args, env, channel: true },
    { clock: host.clock, log },
  );
  let port: number | undefined;
  child.process.on('message', (message: { readonly port: number }) => {
    port = message.port;
  });
  return {
    exited: child.exited,
    stop: child.stop,
    listens: imagePort,
    request: async (request) =>
      port === undefined ? refused : translateAnswer(await requestPort(port, request), translate),
  };
};
