// A runner in a closed network reaches AWS and the site through HTTP_PROXY, and no further than NO_PROXY says.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import { requestThrough } from '../../src/shared/http.ts';
import { connectAws } from '../../src/shared/world-aws.ts';

const servers: Server[] = [];

/** A proxy that answers everything itself, and remembers what it was asked for. */
const openProxy = async (body: string): Promise<{ readonly url: string; readonly asked: string[] }> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const credentials = async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' });

test('AWS calls go through the proxy', async () => {
  const proxy = await openProxy('{"services": [{"serviceName": "through-the-proxy"}]}');
  const { ecs } = connectAws(
    {
      region: 'eu-west-1',
      endpoint: 'http://aws.invalid',
      credentials,
      proxyEnv: { HTTP_PROXY: proxy.url },
    },
    clients,
  );
  const { services } = await ecs.describeServices({ services: ['any'] });
  expect(services?.[0]?.serviceName).toBe('through-the-proxy');
  expect(proxy.asked).toEqual(['http://aws.invalid/']);
});

test('the visit to the site goes through the proxy, unless NO_PROXY names its host', async () => {
  const proxy = await openProxy('hello');
  const visit = { url: 'http://site.invalid/', headers: { Host: 'site.invalid' }, timeoutMs: 5_000 };
  expect(await requestThrough({ HTTP_PROXY: proxy.url })(visit)).toMatchObject({
    status: 200,
    body: 'hello',
  });
  const direct = requestThrough({ HTTP_PROXY: proxy.url, NO_PROXY: 'site.invalid' });
  expect(await direct(visit)).toMatchObject({ kind: 'no-answer' });
  expect(proxy.asked).toEqual(['http://site.invalid/']);
});
