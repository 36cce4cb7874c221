// Where WordPress finds its database: the account's hosts lead to where a server really listens, and whatever a container
// could not reach fails for real, without a packet or a question to a name server that leaves this machine.
import { isIP } from 'node:net';
import type { Connection, ContainerHost } from './runtime.ts';

/** No label of a host name may be so long: the resolver itself refuses a name under it. */
const nowhere = `${'0'.repeat(64)}.`;
/** An address of this machine where nothing listens, and that no client calls from. */
const closed = '127.255.255.1:1';
/** One where nobody answers; wp-config.php takes a free port there. */
const hanging = '127.255.255.2';
/** In a container there is no server's socket. */
const socket = 'localhost:/var/run/mysqld/in-no-container.sock';

const localNames = new Set(['localhost', '127.0.0.1', '::1']);

/** What of WordPress's database host is its host, and what its port. */
const readHost = (given: string): { readonly host: string; readonly port: number } => {
  const [, host = given, port = '3306'] = /^(.*?)(?::(\d+))?$/.exec(given) ?? [];
  return { host, port: Number(port) };
};

const knock = ({ connect, databases }: ContainerHost, host: string, port: number): Connection => {
  if (localNames.has(host)) return 'refused';
  const answer = connect?.(host, port);
  if (answer === 'timeout' || answer === 'refused') return answer;
  const hosts = databases.filter((server) => server.host === host);
  if (hosts.some((server) => server.port === port)) return 'open';
  return hosts.length > 0 || answer === 'open' || isIP(host) ? 'refused' : 'unknown-host';
};

/** What PHP connects to for `given`, WordPress's host or host:port. */
export const databaseAddress = (host: ContainerHost, given: string): string => {
  if (given === 'localhost') return socket;
  const asked = readHost(given);
  switch (knock(host, asked.host, asked.port)) {
    case 'open': {
      const server = host.databases.find((one) => one.host === asked.host && one.port === asked.port);
      return server ? `${server.address.host}:${server.address.port}` : closed;
    }
    case 'refused':
      return closed;
    case 'timeout':
      return hanging;
    case 'unknown-host':
      return `${nowhere}${given}`;
  }
};

/** What of a log or a page tells such an address, and the name that a container has for it. */
export const addressNames = (
  { databases }: ContainerHost,
  given: string,
): readonly (readonly [RegExp, string])[] => [
  [new RegExp(nowhere.replace('.', '\\.'), 'g'), ''],
  [/127\.255\.255\.1:1(?!\d)/g, given],
  [/127\.255\.255\.2:\d+/g, given],
  ...databases.map(({ host, port, address }) => {
    const address4 = address.host.replaceAll('.', '\\.');
    // A longer number is another port.
    return [new RegExp(`${address4}:${address.port}(?!\\d)`, 'g'), `${host}:${port}`] as const;
  }),
];
