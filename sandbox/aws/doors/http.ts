// The sandbox behind a real port of this machine, for the built actions and the aws command line.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WireRequest } from '../protocol/wire.ts';
import type { Behind } from './in-process.ts';

export type HttpDoor = {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly close: () => Promise<void>;
};

const toWire = async (request: IncomingMessage): Promise<WireRequest> => {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: await text(request),
  };
};

const serve = async (sandbox: Behind, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const exchange = await sandbox.handle(await toWire(request));
  if (exchange.kind === 'reset') {
    request.socket.destroy();
    return;
  }
  const { status, headers, body } = exchange.answer;
  response.writeHead(status, headers);
  response.end(body);
};

/** Listens on 127.0.0.1; port 0 picks a free one. Rejects where the port is taken. */
export const openHttpDoor = (sandbox: Behind, port: number): Promise<HttpDoor> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      serve(sandbox, request, response).catch(() => request.socket.destroy());
    });
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: taken } = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ endpoint: `http://127.0.0.1:${taken}`, close });
    });
  });
