// The sandbox's MariaDB with a way to look into it as root, past everything under test.
import { execFileSync } from 'node:child_process';
import { startMariaDb } from '../../../sandbox/mariadb.ts';

export type Server = {
  readonly port: number;
  /** Runs SQL as root and answers its rows, columns joined by tabs. Throws what the server says. */
  readonly sql: (text: string) => readonly string[];
  readonly stop: () => Promise<void>;
};

export const startServer = async (options: { readonly tls: boolean }): Promise<Server> => {
  const { port, socket, password, stop } = await startMariaDb(options);
  const flags = ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names'];
  const env = { ...process.env, MYSQL_PWD: password };
  const sql = (text: string): readonly string[] =>
    execFileSync('mariadb', flags, { env, input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
      .split('\n')
      .filter((row) => row !== '');
  return { port, sql, stop };
};
