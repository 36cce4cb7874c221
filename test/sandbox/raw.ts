// Requests that no SDK client would send.
import type { WireAnswer, WireRequest } from '../../sandbox/aws/protocol/wire.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';

export const authorization = (service: string, { region = 'eu-west-1', key = 'operator' } = {}): string =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260105/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

export const send = async (sandbox: Sandbox, request: Partial<WireRequest>): Promise<WireAnswer> => {
  const exchange = await sandbox.handle({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    body: '',
    ...request,
  });
  if (exchange.kind === 'reset') throw new Error('the connection was reset');
  return exchange.answer;
};

export const sendJson = (sandbox: Sandbox, target: string, body: string): Promise<WireAnswer> => {
  const service = target.startsWith('secretsmanager') ? 'secretsmanager' : 'ecs';
  return send(sandbox, { headers: { authorization: authorization(service), 'x-amz-target': target }, body });
};

export const sendForm = (sandbox: Sandbox, service: string, body: string): Promise<WireAnswer> =>
  send(sandbox, { headers: { authorization: authorization(service) }, body });
