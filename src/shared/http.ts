// One GET over node:http(s): fetch cannot send another Host header than the URL's.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpAnswer, HttpRequest } from './world.ts';

const bodyLimit = 64 * 1024;

/** Redirects are not followed, the body is cut to 64 KiB, and nothing is thrown: no answer is an answer too. */
export const requestOnce = ({ url, headers, timeoutMs }: HttpRequest): Promise<HttpAnswer> =>
  new Promise((resolve) => {
    const fail = (error: Error & { code?: string }): void =>
      resolve({ kind: 'no-answer', reason: error.code ?? error.message });
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    // A certificate is checked against the Host asked for, as a visitor's browser would.
    const servername = headers.Host ? { servername: headers.Host } : {};
    const request = send(url, { headers, ...servername }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (): void => {
        clearTimeout(timer);
        const body = Buffer.concat(chunks).subarray(0, bodyLimit).toString('utf8');
        resolve({ kind: 'answer', status: answer.statusCode ?? 0, location: answer.headers.location, body });
      };
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= bodyLimit) answer.destroy();
      });
      answer.on('close', finish);
      answer.on('error', fail);
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      fail(error);
    });
    request.end();
  });
