// The sandbox as a requestHandler of real SDK clients: everything is encoded and decoded as on the wire, without sockets.
import { HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/types';
import type { Exchange, WireRequest } from '../protocol/wire.ts';

/** What a door opens on: a Sandbox, or anything that answers wire requests. */
export type Behind = { readonly handle: (request: WireRequest) => Promise<Exchange> };

type HandlerOptions = { readonly abortSignal?: AbortSignal | undefined | { readonly aborted: boolean } };

/** What an SDK client's `requestHandler` must offer. */
export type SdkHandler = {
  readonly handle: (request: HttpRequest, options?: HandlerOptions) => Promise<{ response: HttpResponse }>;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => object;
  readonly destroy: () => void;
};

const bodyText = (body: unknown): string => {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (ArrayBuffer.isView(body))
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  throw new TypeError('The in-process door reads text and bytes only');
};

const toWire = (request: HttpRequest): WireRequest => ({
  method: request.method,
  path: request.path,
  query: new URLSearchParams(
    Object.entries(request.query ?? {}).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value ?? '']).map((item): [string, string] => [name, item]),
    ),
  ),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  ),
  body: bodyText(request.body),
});

/** What the SDK's own handler makes of a connection that breaks. */
const reset = (): Error =>
  Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });

const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });

/** Rejects as soon as the signal fires; the call itself may already have taken effect, as on a network. */
const untilAborted = <T>(work: Promise<T>, signal: HandlerOptions['abortSignal']): Promise<T> => {
  if (!(signal instanceof AbortSignal)) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(aborted());
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
};

/** `new ECS({ requestHandler: inProcessHandler(sandbox), ... })`. */
export const inProcessHandler = (sandbox: Behind): SdkHandler => ({
  handle: async (request, { abortSignal } = {}) => {
    if (abortSignal?.aborted) throw aborted();
    const exchange = await untilAborted(sandbox.handle(toWire(request)), abortSignal);
    if (exchange.kind === 'reset') throw reset();
    const { status, headers, body } = exchange.answer;
    const response = new HttpResponse({
      statusCode: status,
      headers: { ...headers },
      body: new TextEncoder().encode(body),
    });
    return { response };
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
  destroy: () => undefined,
});
