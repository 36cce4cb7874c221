// Real WordPress for tests: one MariaDB with a tenant's database, containers on volumes by name, and what came of them.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRealClock } from '../../sandbox/aws/clock.ts';
import { createProcessRuntime, hasDatabaseClient } from '../../sandbox/aws/containers/processes.ts';
import type {
  ContainerHost,
  ContainerSpec,
  Mount,
  RunningContainer,
} from '../../sandbox/aws/containers/runtime.ts';
import { hasWordPress } from '../../sandbox/aws/containers/wordpress.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../../sandbox/mariadb.ts';
import { asking, realHost, specOf, start } from './containers-lab.ts';

export const canRunWordPress = hasWordPress() && hasMariaDb() && hasDatabaseClient();
if (!canRunWordPress)
  process.stderr.write(
    'Left out: real WordPress. Install wordpress, wordpress-theme-twentytwentythree, libapache2-mod-php, php-mysql and mariadb-server to include it.\n',
  );

export const rdsHost = 'sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com';
export const site = 'goldencrust.wpsit.kimmyai.io';
const contentPath = '/var/www/html/wp-content';

/** As an environment's manifest has it: the site's address, and the driver's own words where the answer is a 5xx. */
export const configExtra = `
  $_SERVER['HTTPS'] = 'on';
  define('WP_HOME', 'https://${site}');
  define('WP_SITEURL', 'https://${site}');`;
export const tellsDatabase = `
  register_shutdown_function(function () {
    global $wpdb;
    if (http_response_code() < 500) return;
    $said = mysqli_connect_error() ?: (empty($wpdb->dbh) ? '' : mysqli_error($wpdb->dbh));
    if ($said) error_log("WordPress database error: $said");
  });`;

export type Variables = Readonly<Record<string, string>>;
export type Trial = {
  readonly variables?: Variables;
  /** The access point's folder; the same name is the same files. */
  readonly volume?: string;
  readonly access?: Mount['access'];
  readonly mountPath?: string;
  readonly connect?: ContainerHost['connect'];
};
export type Page = { readonly status: number; readonly location: string | undefined; readonly text: string };

const textOf = (html: string): string =>
  html
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const untilAnswer = async (
  { exited, request }: RunningContainer,
  asked: Parameters<RunningContainer['request']>[0],
): Promise<Page | undefined> => {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  while (!ended) {
    const answer = await request(asked);
    if (answer.kind === 'answer')
      return { status: answer.status, location: answer.headers.location, text: textOf(answer.body) };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
};

const installation = new URLSearchParams({
  weblog_title: 'Golden Crust',
  user_name: 'admin',
  admin_password: 'made-up-4',
  admin_password2: 'made-up-4',
  pw_weak: '1',
  admin_email: 'admin@goldencrust.example',
  blog_public: '0',
}).toString();

export const openWordPressLab = async () => {
  const server: MariaDb = await startMariaDb({ tls: true });
  const { runtime, close } = createProcessRuntime({ web: 'wordpress' });
  const password = randomBytes(9).toString('hex');
  const mountOf = ({
    volume = `fs-1 ${randomBytes(4).toString('hex')}`,
    access,
    mountPath,
  }: Trial): Mount => ({
    containerPath: mountPath ?? contentPath,
    volume,
    access: access ?? { uid: 33, gid: 33, permissions: '0755' },
  });
  const sql = (statements: string, as: 'admin' | 'root' = 'admin'): string =>
    execFileSync(
      'mariadb',
      [
        '--no-defaults',
        `--socket=${server.socket}`,
        ...(as === 'root' ? ['-uroot'] : ['-uadmin']),
        '-sN',
        '-e',
        statements,
      ],
      { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: server.password }, stdio: 'pipe' },
    );
  sql(
    `CREATE DATABASE goldencrust_db; CREATE USER goldencrust_user IDENTIFIED BY '${password}'; GRANT ALL ON goldencrust_db.* TO goldencrust_user`,
  );
  const startWordPress = (trial: Trial = {}) => {
    const { host, lines } = realHost([{ host: rdsHost, port: 3306, address: server }]);
    const spec: ContainerSpec = specOf({
      mounts: [mountOf(trial)],
      environment: {
        WORDPRESS_DB_HOST: `${rdsHost}:3306`,
        WORDPRESS_DB_USER: 'goldencrust_user',
        WORDPRESS_DB_PASSWORD: password,
        WORDPRESS_DB_NAME: 'goldencrust_db',
        WORDPRESS_CONFIG_EXTRA: configExtra + tellsDatabase,
        ...trial.variables,
      },
    });
    const connect = trial.connect && { connect: trial.connect };
    // At its own pace, or a busy machine's container would be killed before it ended.
    const container = start(runtime, spec, { ...host, clock: createRealClock(1), ...connect });
    const visit = (path = '/', host = site) => untilAnswer(container, { ...asking(path), host });
    const install = () =>
      untilAnswer(container, {
        ...asking('/wp-admin/install.php?step=2'),
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: installation,
      });
    const end = async () => {
      container.stop();
      return { exit: await container.exited, lines };
    };
    return { container, visit, install, end, lines };
  };
  return {
    sql,
    startWordPress,
    /** Runs a shell script of the tenant's in the volume's folder, as the machine's user. */
    inVolume: async (volume: string, script: string): Promise<void> => {
      const { host, lines } = realHost();
      const mount = mountOf({ volume });
      const spec = specOf({
        image: 'mysql:8.0',
        command: ['sh', '-c', `set -e; cd "$FOLDER"; ${script}`],
        mounts: [mount],
        environment: { FOLDER: mount.containerPath },
      });
      const { code } = await start(runtime, spec, host).exited;
      if (code !== 0) throw new Error(lines.join('\n'));
    },
    /** Starts a container, asks for `path` and ends it. */
    see: async (trial: Trial, path = '/', host = site) => {
      const started = startWordPress(trial);
      const page = await started.visit(path, host);
      return { page, ...(await started.end()) };
    },
    close: async () => {
      await close();
      await server.stop();
    },
  };
};

export type WordPressLab = Awaited<ReturnType<typeof openWordPressLab>>;
