import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { fetchThrough } from '../../src/shared/world-github-fetch.ts';

describe('a request without an answer', () => {
  test.each([
    ['no answer at all', (socket: Socket) => socket.resume()],
    ['half an answer', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')],
  ])('%s is given up after a while', async (_name, answer) => {
    const server = createTcpServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fetch = fetchThrough({ env: {}, signal: undefined, connectMs: 5_000, answerMs: 100 });
    const asked = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await expect(asked).rejects.toMatchObject({ code: 'ANSWER_TIMEOUT', message: 'no answer within 0.1 s' });
    server.close();
  });

  test('a proxy that opens no tunnel is given up, with nothing sent, or when the job is cancelled', async () => {
    const sockets: Duplex[] = [];
    const proxy = createServer().on('connect', (_request, socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const env = { https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const times = { connectMs: 100, answerMs: 5_000 };
    const asked = fetchThrough({ env, signal: undefined, ...times })('https://github.test/');
    await expect(asked).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
    const signal = AbortSignal.timeout(50);
    const cancelled = fetchThrough({ env, signal, ...times, connectMs: 5_000 })('https://github.test/');
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
});
