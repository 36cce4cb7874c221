// One request to a container that really listens, as a load balancer makes it: no keep-alive, no redirect followed.
import { type IncomingMessage, request as send } from 'node:http';
import { refused } from './program.ts';
import type { ProbeAnswer, ProbeRequest } from './runtime.ts';

/** Of the machine's time; whoever asks within the cloud's time stops waiting by itself. */
const longestMs = 60_000;
const longestBody = 1_048_576;

const readBody = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestBody) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const answerOf = async (response: IncomingMessage): Promise<ProbeAnswer> => ({
  kind: 'answer',
  status: response.statusCode ?? 0,
  headers: Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')]),
  ),
  body: await readBody(response),
});

/** Never rejects. */
export const requestPort = (port: number, asked: ProbeRequest): Promise<ProbeAnswer> =>
  new Promise((resolve) => {
    const { method = 'GET', path, host, headers, body } = asked;
    const request = send({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...headers, host },
      agent: false,
      timeout: longestMs,
    });
    request.on('response', (response) => {
      answerOf(response).then(resolve, () => resolve(refused));
    });
    request.on('timeout', () => {
      resolve({ kind: 'no-answer', reason: 'timeout' });
      request.destroy();
    });
    request.on('error', () => resolve(refused));
    request.end(body);
  });
