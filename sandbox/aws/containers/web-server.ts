// The web container as a process: a fresh WordPress as far as a load balancer sees it. Run as a program with a channel
// to its starter, it listens on a free port, tells it, and ends when the starter does. Not WordPress: it asks no database.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const installer = '/wp-admin/install.php';
const needed = ['WORDPRESS_DB_HOST', 'WORDPRESS_DB_USER', 'WORDPRESS_DB_PASSWORD', 'WORDPRESS_DB_NAME'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Page = { readonly status: number; readonly body: string; readonly location?: string };

const pageFor = ({ url = '/', headers }: IncomingMessage): Page => {
  const missing = needed.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    process.stderr.write(`PHP Warning:  no connection to the database: ${missing.join(', ')} missing\n`);
    return { status: 500, body: '<h1>Error establishing a database connection</h1>' };
  }
  if (url.split('?')[0] === installer)
    return { status: 200, body: '<title>WordPress &rsaquo; Installation</title>' };
  return { status: 302, body: '', location: `http://${headers.host}${installer}` };
};

const logTime = (): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const { status, body, location } = pageFor(request);
  response.writeHead(status, {
    server: 'Apache/2.4.62 (Debian)',
    'content-type': 'text/html; charset=UTF-8',
    ...(location && { location }),
  });
  response.end(body);
  const agent = request.headers['user-agent'] ?? '-';
  say(
    `127.0.0.1 - - [${logTime()}] "${request.method} ${request.url} HTTP/1.1" ${status} ${body.length} "-" "${agent}"`,
  );
};

const server = createServer(answer);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  say("AH00094: Command line: 'apache2 -D FOREGROUND'");
  process.send?.({ port });
});
process.on('SIGTERM', () => {
  say('AH00169: caught SIGTERM, shutting down');
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));
