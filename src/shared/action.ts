// The only caller of @actions/core: reads inputs, runs the module, writes outputs, summary and annotations.
import * as core from '@actions/core';
import { type Problem, UserError } from './errors.ts';
import { camel, type Inputs, type Outputs, type Parsers } from './inputs.ts';
import { plainLines } from './plain.ts';
import { createRedactor, defuse, type Redactor } from './redact.ts';
import { annotationsOf, causeOf, cutSummary, errorSummary, logLines, messageOf } from './report.ts';
import type { Log, World } from './world.ts';
import { type Reach, realWorld } from './world-real.ts';

export type ActionModule<P extends Parsers, N extends readonly string[]> = {
  readonly title: string;
  readonly inputs: P;
  readonly outputs: N;
  readonly run: (inputs: Inputs<P>, world: World) => Promise<Outputs<N>>;
  /** Finishes what a cancelled or killed main could not; `state` is what main remembered. */
  readonly post?: (inputs: Inputs<P>, world: World, state: (name: string) => string) => Promise<void>;
};

const mainStarted = 'main-started';

/** Runs main, or post when the runner calls for it. Exit code 1 on any error; never a stack trace. */
export const runAction = async <P extends Parsers, N extends readonly string[]>(
  action: ActionModule<P, N>,
  reach: Reach,
): Promise<void> => {
  const redactor = createRedactor();
  const signal = onSignals(redactor);
  const isPost = core.getState(mainStarted) === 'true';
  let told = '';
  try {
    const inputs = readInputs(action.inputs);
    const world = realWorld({
      reach,
      log: actionLog(redactor),
      signal,
      idToken: core.getIDToken,
      output: (name, value) => {
        if (name === 'summary') told = value;
        core.setOutput(name, redactor.clean(value));
      },
      remember: core.saveState,
      env: process.env,
    });
    if (isPost) return await action.post?.(inputs, world, core.getState);
    core.saveState(mainStarted, 'true');
    await writeOutputs(await action.run(inputs, world), redactor);
  } catch (error) {
    // The one output that a refused run still has.
    if (error instanceof UserError && action.outputs.includes('problems'))
      core.setOutput('problems', String(error.problems.length));
    await fail(action, error, { redactor, told });
  }
};

/** The runner gives a cancelled step seconds: waits end at once, and a second signal ends the process. */
const onSignals = (redactor: Redactor): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      core.info(redactor.clean(`${name}: stopping after the call that is under way`));
      controller.abort(name);
    });
  }
  return controller.signal;
};

const readInputs = <P extends Parsers>(parsers: P): Inputs<P> => {
  const problems: Problem[] = [];
  const values = Object.entries(parsers).map(([name, parse]) => {
    const parsed = parse(core.getInput(name));
    if (parsed.kind === 'value') return [camel(name), parsed.value];
    problems.push({ what: `Input ${name} ${parsed.what}`, fix: parsed.fix });
    return [camel(name), undefined];
  });
  if (problems.length) throw new UserError(problems);
  return Object.fromEntries(values) as Inputs<P>;
};

const actionLog = (redactor: Redactor): Log => ({
  info: (line) => core.info(shown(redactor, line)),
  warning: (line) => core.warning(redactor.clean(line)),
  secret: (value) => {
    redactor.add(value);
    for (const line of value.split(/\r?\n/).filter(Boolean)) core.setSecret(line);
  },
  group: (title, body) => core.group(redactor.clean(title), body),
});

/** Cleaned twice: a terminal's sequence may stand within a secret, and what defuses a line may. */
const shown = (redactor: Redactor, text: string): string => redactor.clean(defuse(redactor.clean(text)));

const writeOutputs = async (outputs: Readonly<Record<string, string>>, redactor: Redactor): Promise<void> => {
  for (const [name, value] of Object.entries(outputs))
    core.setOutput(
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      redactor.clean(value),
    );
  if (outputs.summary) await writeSummary(redactor.clean(outputs.summary));
};

const writeSummary = async (markdown: string): Promise<void> => {
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(cutSummary(markdown), true).write();
};

type Failing = {
  readonly redactor: Redactor;
  /** A summary that was put out before the end: what had been seen stands below the error. */
  readonly told: string;
};

const fail = async (
  { title, outputs }: { readonly title: string; readonly outputs: readonly string[] },
  error: unknown,
  { redactor, told }: Failing,
): Promise<void> => {
  const manifest = core.getInput('application') ? 'application' : 'environment';
  const reader = { manifest, page: pageOf(process.env) } as const;
  for (const detail of logLines(error)) core.info(shown(redactor, detail));
  if (error instanceof UserError) core.info(shown(redactor, messageOf(error)));
  for (const { message, place } of annotationsOf(error, reader))
    core.error(
      redactor.clean(plainLines(message)),
      place ? { file: place.file, startLine: place.line, startColumn: place.column } : {},
    );
  if (outputs.includes('cause')) core.setOutput('cause', redactor.clean(causeOf(error, reader)));
  if (core.isDebug() && error instanceof Error) core.debug(redactor.clean(error.stack ?? ''));
  await writeSummary(redactor.clean([errorSummary(title, error, reader), told].filter(Boolean).join('\n')));
  process.exitCode = 1;
};

/** The page of the very version of the action that runs; the runner names it where the action comes from GitHub. */
const pageOf = ({
  GITHUB_SERVER_URL: server = 'https://github.com',
  GITHUB_ACTION_REPOSITORY: repository,
  GITHUB_ACTION_REF: ref,
}: NodeJS.ProcessEnv): string =>
  `${repository && ref ? `${server}/${repository}/blob/${ref}/` : ''}docs/troubleshooting.md`;
