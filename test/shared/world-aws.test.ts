// A connection that breaks: what only looks is repeated by the SDK, what may have changed something is not.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import { UnknownOutcome } from '../../src/shared/errors.ts';
import type { Aws } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';

/** Runs `act` against an endpoint that breaks its first connection and answers an empty object from then on. */
const afterBreak = async <T>(act: (aws: Aws) => Promise<T>): Promise<{ end: unknown; asked: number }> => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    if (asked === 1) request.socket.destroy();
    else response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' });
    const aws = connectAws({ region: 'eu-west-1', endpoint, credentials }, clients);
    const end = await act(aws).catch((error: unknown) => error);
    return { end, asked };
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

test.each<[string, (aws: Aws) => Promise<unknown>]>([
  ['BatchGetBuilds', ({ codebuild }) => codebuild.batchGetBuilds({ ids: ['envelope-api:1'] })],
  ['DescribeServices', ({ ecs }) => ecs.describeServices({ services: ['envelope-prod-api'] })],
])('%s is asked again', async (_, act) => {
  const { end, asked } = await afterBreak(act);
  expect(end).not.toBeInstanceOf(Error);
  expect(asked).toBe(2);
});

test('UpdateService is not: whether it took effect is for the action to find out', async () => {
  const { end, asked } = await afterBreak(({ ecs }) =>
    ecs.updateService({ service: 'envelope-prod-api', forceNewDeployment: true }),
  );
  expect(end).toBeInstanceOf(UnknownOutcome);
  expect(asked).toBe(1);
});
