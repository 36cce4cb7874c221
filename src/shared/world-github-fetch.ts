// fetch for octokit over node:http(s): undici, which @actions/github brings, would add 415 KB to every bundle.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

export type FetchOptions = {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends every request under way. */
  readonly signal: AbortSignal | undefined;
  readonly connectMs: number;
  /** From the connection to the last byte of the answer. */
  readonly answerMs: number;
};

/** The part of fetch's second argument that octokit fills. */
export type FetchInit = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

export type Fetch = (url: string, init?: FetchInit) => Promise<Response>;

/** Nothing of the request left this machine. */
export const unsentCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECT_TIMEOUT'];

const mostRedirects = 5;

/**
 * GET follows up to five redirects, and takes no Authorization to another origin. Rejects with node's error (`code`),
 * `CONNECT_TIMEOUT` where nothing was sent yet, `ANSWER_TIMEOUT` where the outcome is unknown, and AbortError.
 */
export const fetchThrough = (options: FetchOptions): Fetch => {
  const proxyEnv = { ...options.env };
  const agents = { secure: new HttpsAgent({ proxyEnv }), plain: new HttpAgent({ proxyEnv }) };
  const follow = async (url: string, init: FetchInit, left: number): Promise<Response> => {
    const response = await sendOnce(options, agents, { url, init });
    const location = response.headers.get('location');
    const redirected = [301, 302, 303, 307, 308].includes(response.status);
    if (!redirected || location === null || (init.method ?? 'GET') !== 'GET') return response;
    if (left === 0) throw new Error(`more than ${mostRedirects} redirects`);
    const target = new URL(location, url);
    const headers = target.origin === new URL(url).origin ? init.headers : anonymous(init.headers);
    return follow(target.href, { ...init, headers: headers ?? {} }, left - 1);
  };
  return (url, init = {}) => follow(url, init, mostRedirects);
};

const anonymous = (headers: FetchInit['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));

type Agents = { readonly secure: HttpsAgent; readonly plain: HttpAgent };
type Sending = { readonly url: string; readonly init: FetchInit };

const sendOnce = (options: FetchOptions, agents: Agents, { url, init }: Sending): Promise<Response> =>
  new Promise((resolve, reject) => {
    const settings = { method: init.method ?? 'GET', headers: { ...init.headers, ...lengthOf(init.body) } };
    const request = url.startsWith('https:')
      ? httpsRequest(url, { ...settings, agent: agents.secure })
      : httpRequest(url, { ...settings, agent: agents.plain });
    // Destroyed before it has a socket, as behind a silent proxy, a request emits nothing: so reject here.
    const fail = (error: Error): void => {
      stop();
      reject(error);
      request.destroy();
    };
    const stops = [
      watch(request, options, fail),
      ...[options.signal, init.signal].map((of) => onAbort(of, fail)),
    ];
    const stop = (): void => {
      for (const end of stops) end();
    };
    request.on('response', (message) => {
      readAnswer(url, message).then((response) => {
        stop();
        resolve(response);
      }, fail);
    });
    request.on('error', fail);
    request.end(init.body);
  });

const lengthOf = (body: string | undefined): Readonly<Record<string, string>> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

type Fail = (error: Error) => void;

/** Fails the request when it takes too long. The answer ends the watch. */
const watch = (request: ClientRequest, { connectMs, answerMs }: FetchOptions, fail: Fail): (() => void) => {
  const failAfter = (ms: number, code: string, what: string): NodeJS.Timeout =>
    setTimeout(() => fail(Object.assign(new Error(`${what} within ${ms / 1_000} s`), { code })), ms);
  let timer = failAfter(connectMs, 'CONNECT_TIMEOUT', 'no connection');
  const connected = (): void => {
    clearTimeout(timer);
    timer = failAfter(answerMs, 'ANSWER_TIMEOUT', 'no answer');
  };
  request.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  return () => clearTimeout(timer);
};

const onAbort = (signal: AbortSignal | undefined, fail: Fail): (() => void) => {
  const abort = (): void => fail(Object.assign(new Error('aborted'), { name: 'AbortError' }));
  if (signal?.aborted) queueMicrotask(abort);
  signal?.addEventListener('abort', abort, { once: true });
  return () => signal?.removeEventListener('abort', abort);
};

const readAnswer = async (url: string, message: IncomingMessage): Promise<Response> => {
  const status = message.statusCode ?? 0;
  const body = await buffer(message);
  const response = new Response([204, 205, 304].includes(status) ? null : new Uint8Array(body), {
    status,
    statusText: message.statusMessage ?? '',
    headers: Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  });
  // A Response that was made, not fetched, has no address; octokit reads it.
  return Object.defineProperty(response, 'url', { value: url });
};
