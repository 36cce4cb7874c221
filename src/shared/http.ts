// One GET over node:http(s): fetch cannot send another Host header than the URL's.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Http, HttpAnswer, HttpRequest } from './world.ts';

const bodyLimit = 64 * 1024;

/**
 * Redirects are not followed, the body is cut to 64 KiB, and nothing is thrown: no answer is an answer too.
 * `env` is where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up.
 */
export const requestThrough = (
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Http => {
  const options = { proxyEnv: { ...env } };
  // A cancelled job does not wait for a site that takes the connection and says nothing.
  const cancel = signal ? { signal } : {};
  const secure = new HttpsAgent(options);
  const plain = new HttpAgent(options);
  return (request) =>
    request.url.startsWith('https:')
      ? requestOnce(request, (url, settings, answer) =>
          httpsRequest(url, { ...settings, ...cancel, agent: secure }, answer),
        )
      : requestOnce(request, (url, settings, answer) =>
          httpRequest(url, { ...settings, ...cancel, agent: plain }, answer),
        );
};

type Send = (
  url: string,
  settings: { readonly headers: Record<string, string>; readonly servername?: string },
  answer: (message: IncomingMessage) => void,
) => ClientRequest;

const requestOnce = ({ url, headers, timeoutMs }: HttpRequest, send: Send): Promise<HttpAnswer> =>
  new Promise((resolve) => {
    const fail = (error: Error & { code?: string }): void =>
      resolve({ kind: 'no-answer', reason: error.code ?? error.message });
    // A certificate is checked against the Host asked for, as a visitor's browser would.
    const servername = headers.Host ? { servername: headers.Host.replace(/:\d+$/, '') } : {};
    const request = send(url, { headers: { ...headers }, ...servername }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (): void => {
        clearTimeout(timer);
        const body = Buffer.concat(chunks).subarray(0, bodyLimit).toString('utf8');
        const { statusCode: status = 0, headers } = answer;
        resolve({
          kind: 'answer',
          status,
          location: headers.location,
          headers: singleHeaders(headers),
          body,
        });
      };
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= bodyLimit) answer.destroy();
      });
      answer.on('close', finish);
      answer.on('error', fail);
    });
    // The code that a connection gets which nobody answers: the two are the same to whoever waits.
    const late = (): Error => Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
    const timer = setTimeout(() => request.destroy(late()), timeoutMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      fail(error);
    });
    request.end();
  });

const singleHeaders = (headers: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
