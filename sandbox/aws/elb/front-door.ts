// A load balancer's listener as a real HTTP server on this machine, for browsers and curl.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProbeAnswer, ProbeRequest } from '../containers/runtime.ts';
import type { ElbPort } from '../ports.ts';

export type FrontDoor = { readonly url: string; readonly close: () => Promise<void> };

// These describe one connection, not the message, which is written anew.
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade']);

const singleHeaders = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name === 'host' ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

/** What answers requests: a load balancer's listener, or what stands before it. */
export type Visit = (request: ProbeRequest) => Promise<ProbeAnswer>;

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const answer = async (visit: Visit, { request, response }: Exchange): Promise<void> => {
  const { method = 'GET', url = '/', headers } = request;
  const body = await readBody(request);
  const found = await visit({
    method,
    path: url,
    host: headers.host ?? '',
    headers: singleHeaders(headers),
    ...(body ? { body } : {}),
  });
  if (found.kind === 'no-answer') {
    response.destroy();
    return;
  }
  const kept = Object.entries(found.headers).filter(([name]) => !hopByHop.has(name.toLowerCase()));
  response.writeHead(found.status, Object.fromEntries(kept));
  response.end(found.body);
};

/** Serves on a free port of 127.0.0.1; the Host header chooses the tenant. */
export const serveLoadBalancer = (elb: Pick<ElbPort, 'visit'>, listenerPort: number): Promise<FrontDoor> =>
  serveVisits((request) => elb.visit({ ...request, listenerPort }));

/** The same for whatever answers. */
export const serveVisits = async (visit: Visit): Promise<FrontDoor> => {
  const server = createServer((request, response) => {
    answer(visit, { request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
};
