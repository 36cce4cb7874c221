// What holds of plan-fleet's and report-rollout's bundle alike, on a desk of their own.
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { runProgram } from '../../sandbox/github/process.ts';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { leaksIn, placesOfStep } from '../laws/leaks.ts';
import { expectPlainFailure, messagesOf } from './failures.ts';
import { type Desk, type FleetAction, openDesk } from './github-kit.ts';
import { errorsOf, type Texts } from './kit.ts';

export type Trial = {
  readonly desk: () => Desk;
  /** Runs, and keeps the end for the law that nothing leaks. */
  readonly run: (action: FleetAction, inputs: Texts, env?: Texts) => Promise<StepEnd>;
  readonly succeed: Trial['run'];
};

/** A desk for this file's tests. */
export const openTrial = (): Trial & { readonly ends: readonly StepEnd[] } => {
  jest.setTimeout(60_000);
  const ends: StepEnd[] = [];
  let desk: Desk | undefined;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk?.close());
  const open = (): Desk => {
    if (!desk) throw new Error('the desk is not open yet');
    return desk;
  };
  const run: Trial['run'] = async (action, inputs, env = {}) => {
    const end = await open().run(action, { inputs, env });
    ends.push(end);
    return end;
  };
  const succeed: Trial['run'] = async (...given) => {
    const end = await run(...given);
    expect(errorsOf(end)).toEqual([]);
    expect(end.exitCode).toBe(0);
    return end;
  };
  return { desk: open, ends, run, succeed };
};

/** As any failure; a stack in the debug log, and the count of problems, are no part of it. */
export const expectFailure = (end: StepEnd): void => {
  const { problems: _, ...outputs } = end.outputs;
  expectPlainFailure({ ...end, outputs, raw: end.raw.filter((line) => !line.startsWith('::debug::')) });
};

/** Registers the tests; `right` are inputs with which the action does its work. */
export const testLaws = (
  action: FleetAction,
  right: Texts,
  { desk, ends, run, succeed }: ReturnType<typeof openTrial>,
): void => {
  test('every wrong input is one error, all at once', async () => {
    const end = await run(action, { mode: 'everything', environment: 'S I T' });
    expectFailure(end);
    expect(messagesOf(end)).toEqual([
      expect.stringMatching(/^Input mode is 'everything'/),
      expect.stringMatching(/^Input environment is 'S I T'/),
    ]);
  });

  test('puts out what action.yml declares', async () => {
    type Yml = { readonly outputs: Readonly<Record<string, unknown>> };
    const { outputs } = parse(await readFile(`actions/${action}/action.yml`, 'utf8')) as Yml;
    const end = await succeed(action, right);
    expect(Object.keys(end.outputs).sort()).toEqual(Object.keys(outputs).sort());
    expect(end.outputs.summary?.trim()).toBe(end.summary.trim());
  });

  test('works from any path, started in any folder', async () => {
    const far = join(desk().rig.workspace.folder, 'päth with spaces & more', action);
    await cp(join('actions', action), far, { recursive: true });
    const inputs: Texts = {
      ...{
        environment: 'sit',
        fleet: 'fleet',
        record: 'rollout/rollout.json',
        records: 'records',
        token: desk().token,
      },
      ...{ comment: 'false', issue: 'false', 'resume-commit': 'same', 'timeout-minutes': '5' },
      ...right,
    };
    const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const end = await runProgram({
      command: process.execPath,
      args: [join(far, 'dist/index.js')],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', ...desk().env, ...Object.fromEntries(variables) },
    });
    expect([end.exitCode, errorsOf(end)]).toEqual([0, []]);
  });

  test('leaves a proxy alone that NO_PROXY spares it', async () => {
    const { seen, first, variables, close } = await openProxy();
    const end = await succeed(action, right, { ...variables, NO_PROXY: '127.0.0.1' });
    expect(end.raw.filter((line) => /proxy|warning/i.test(line))).toEqual([]);
    expect(seen).toEqual([]);
    // It would have been seen.
    await desk().run(action, {
      inputs: right,
      env: variables,
      onStart: (child) => void first.then(() => child.kill('SIGKILL')),
    });
    expect(seen).not.toEqual([]);
    close();
  });

  test('none of it shows a token or a key', () => {
    const secrets = desk().secrets();
    const wanted = action === 'plan-fleet' ? ['OIDC token 0', 'session token 0'] : [];
    expect(Object.keys(secrets)).toEqual(
      expect.arrayContaining(['GitHub token', 'request token', ...wanted]),
    );
    expect(ends.length).toBeGreaterThan(5);
    expect(ends.some(({ raw }) => raw.some((line) => line.startsWith('::debug::')))).toBe(true);
    expect(leaksIn(ends.flatMap(placesOfStep), secrets)).toEqual([]);
  });
};

type Proxy = {
  readonly seen: readonly string[];
  /** Resolves at the first request. */
  readonly first: Promise<unknown>;
  readonly variables: Texts;
  readonly close: () => void;
};

/** A proxy that answers nobody. */
const openProxy = async (): Promise<Proxy> => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(502).end();
  });
  server.on('connect', ({ url }, socket) => {
    seen.push(url ?? '');
    socket.destroy();
  });
  const first = Promise.race([once(server, 'request'), once(server, 'connect')]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return {
    seen,
    first,
    variables: { HTTPS_PROXY: url, HTTP_PROXY: url, https_proxy: url, http_proxy: url },
    close,
  };
};
