// The hub's port on this machine.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HubCall } from './api.ts';
import type { Reply } from './route.ts';

/** Undefined breaks the connection instead of answering. */
export type Exchange = (call: HubCall) => Promise<Reply | undefined>;

export type Door = {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Before it is called nothing is answered. */
  readonly serve: (exchange: Exchange) => void;
  readonly close: () => Promise<void>;
};

export const listen = (): Promise<Door> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({
        url,
        serve: (exchange) => {
          server.on('request', (request, response) => {
            serveOne(url, exchange, { request, response }).catch((error: unknown) => fail(response, error));
          });
        },
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });

type Pair = { readonly request: IncomingMessage; readonly response: ServerResponse };

const serveOne = async (base: string, exchange: Exchange, { request, response }: Pair): Promise<void> => {
  const { authorization, 'user-agent': agent } = request.headers;
  const reply = await exchange({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', base),
    headers: { authorization, 'user-agent': agent },
    body: await text(request),
  });
  if (reply) send(response, reply);
  else request.socket.destroy();
};

const send = (response: ServerResponse, { status, data, headers = {} }: Reply): void => {
  const isJson = data !== undefined && !Buffer.isBuffer(data);
  response.writeHead(status, {
    ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    'x-github-media-type': 'github.v3; format=json',
    ...headers,
  });
  response.end(isJson ? JSON.stringify(data) : data);
};

/** An error of the hub itself is told, not hidden: the test shall fail loudly. */
const fail = (response: ServerResponse, error: unknown): void => {
  const message = `The sandbox's GitHub failed: ${error instanceof Error ? error.stack : String(error)}`;
  response.writeHead(501, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ message }));
};
