// What one step does: a script in a shell, an action's own process, or the stand-in of a third-party action.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StandInCall } from '../actions/stand-in.ts';
import type { Conclusion } from '../hub/types.ts';
import { type Cancelling, type ProgramEnd, runProgram } from '../process.ts';
import { runStep } from '../step.ts';
import type { ActionFile } from './action-file.ts';
import { type Action, findAction } from './actions.ts';
import { annotationsOf } from './annotations.ts';
import type { StepDefinition, Token } from './definitions.ts';
import { TemplateInvalid } from './errors.ts';
import { evaluateText, evaluateTexts, field, type Scope } from './expressions.ts';
import { complain, log, processVariables, type Running } from './running.ts';
import type { Texts } from './types.ts';

export type StepProgramEnd = { readonly conclusion: Conclusion; readonly outputs: Texts };

export type StepContext = {
  readonly env: Texts;
  readonly scope: Scope;
  readonly name: string;
  readonly signal: AbortSignal;
};

/** Rejects where it cannot be started. */
export const runStepProgram = async (
  running: Running,
  step: StepDefinition,
  context: StepContext,
): Promise<StepProgramEnd> => {
  const variables = { ...processVariables(running, context.env), GITHUB_ACTION: step.id };
  if (step.does.kind === 'run') {
    const end = await runScript(running, step.does, { ...context, env: variables });
    const succeeded = absorb(running, end);
    if (end.exitCode !== 0 && !context.signal.aborted)
      complain(running, `Process completed with exit code ${end.exitCode ?? 137}.`);
    return { conclusion: succeeded ? 'success' : 'failure', outputs: end.outputs };
  }
  const { frame } = running.call;
  const found = await findAction(step.does.uses, {
    origin: frame.file.origin,
    repositories: frame.run.call.repositories,
    workspace: running.room.workspace,
  });
  const given = evaluateTexts(step.does.with, context.scope);
  if (found.kind === 'refused') throw new TemplateInvalid(found.why);
  if (found.kind === 'stand-in') return runStandIn(running, found, { given, env: variables });
  return runAction(running, found.action, { ...context, env: variables, given });
};

/** What a program leaves for the job; whether it succeeded. */
const absorb = (running: Running, end: ProgramEnd): boolean => {
  running.annotations.push(...annotationsOf(end.commands, running.masks));
  const forbidden = [
    ...end.commands.filter(({ name }) => name === 'set-env' || name === 'add-path').map(({ name }) => name),
    ...Object.keys(end.variables).filter((name) => name.toUpperCase() === 'NODE_OPTIONS'),
  ];
  for (const name of forbidden) complain(running, `Can't take '${name}' from a step: GitHub disabled it.`);
  const { NODE_OPTIONS: _, ...variables } = end.variables;
  Object.assign(running.variables, variables);
  running.paths.push(...end.paths);
  keepSummary(running, end.summary);
  return end.exitCode === 0 && forbidden.length === 0;
};

const largestSummary = 1024 * 1024;

const keepSummary = (running: Running, summary: string): void => {
  const size = Buffer.byteLength(summary);
  if (size <= largestSummary) {
    if (summary) running.summaries.push(running.masks.hide(summary));
    return;
  }
  complain(
    running,
    `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(size / 1024)}k.`,
  );
};

const hooksOf = (running: Running, signal: AbortSignal) => {
  const { interruptMs, terminateMs } = running.call.frame.run.pace;
  const cancelling: Cancelling = { signal, interruptMs, terminateMs };
  return { masks: running.masks, cancelling, onLine: (line: string) => log(running, line) };
};

type Script = Extract<StepDefinition['does'], { kind: 'run' }>;

const runScript = async (running: Running, script: Script, context: StepContext): Promise<ProgramEnd> => {
  const { job, frame } = running.call;
  const read = (own: Token, key: string): string | undefined => {
    const token =
      own ?? field(field(job.defaults, 'run'), key) ?? field(field(frame.file.defaults, 'run'), key);
    return token && evaluateText(token, context.scope);
  };
  const cwd = resolve(running.room.workspace, read(script.workingDirectory, 'working-directory') ?? '.');
  if (!existsSync(cwd)) throw new TemplateInvalid(`The working directory ${cwd} does not exist`);
  const file = join(running.room.temp, `step-${running.records.length}.sh`);
  await writeFile(file, `${evaluateText(script.script, context.scope)}\n`);
  const [command = '', ...args] = shellOf(read(script.shell, 'shell'));
  return runProgram({
    ...hooksOf(running, context.signal),
    command,
    args: [...args, file],
    cwd,
    env: context.env,
  });
};

const shellOf = (shell: string | undefined): readonly string[] => {
  if (shell === undefined) return ['bash', '-e'];
  if (shell === 'bash') return ['bash', '--noprofile', '--norc', '-eo', 'pipefail'];
  if (shell === 'sh') return ['sh', '-e'];
  throw new TemplateInvalid(`The shell '${shell}' is not known to this runner; it has bash and sh`);
};

type ActionContext = StepContext & { readonly given: Texts };

const runAction = async (
  running: Running,
  action: ActionFile,
  { env, scope, name, signal, given }: ActionContext,
): Promise<StepProgramEnd> => {
  const inputs = inputsOf(running, action, { given, scope });
  const saved: { state: Texts } = { state: {} };
  if (action.post) {
    const run = async (stop: AbortSignal): Promise<number | null> => {
      const step = { action: action.folder, inputs, env: { ...env, ...processVariables(running, {}) } };
      const end = await runStep({ ...step, ...hooksOf(running, stop), state: saved.state });
      return absorb(running, end) ? 0 : (end.exitCode ?? 137) || 1;
    };
    running.posts.push({ name, condition: action.post.condition, run });
  }
  const end = await runStep({ action: action.folder, inputs, env, ...hooksOf(running, signal) });
  saved.state = end.state;
  return { conclusion: absorb(running, end) ? 'success' : 'failure', outputs: end.outputs };
};

const inputsOf = (
  running: Running,
  { inputs }: ActionFile,
  { given, scope }: { readonly given: Texts; readonly scope: Scope },
): Texts => {
  const names = inputs.map(({ id }) => id.toLowerCase());
  const unknown = Object.keys(given).filter((name) => !names.includes(name.toLowerCase()));
  if (unknown.length > 0) {
    const message = `Unexpected input(s) ${quote(unknown)}, valid inputs are [${quote(inputs.map(({ id }) => id))}]`;
    log(running, `WARNING: ${message}`);
    running.annotations.push({ level: 'warning', message, title: '', path: '.github', line: 1 });
  }
  const defaults = inputs.map(({ id, default: token }) => [id.toLowerCase(), evaluateText(token, scope)]);
  const own = Object.entries(given).map(([name, text]) => [name.toLowerCase(), text]);
  return Object.fromEntries([...defaults, ...own]);
};

const quote = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

const runStandIn = async (
  running: Running,
  found: Extract<Action, { kind: 'stand-in' }>,
  { given, env }: { readonly given: Texts; readonly env: Texts },
): Promise<StepProgramEnd> => {
  const { run } = running.call.frame;
  const call: StandInCall = {
    inputs: Object.fromEntries(Object.entries(given).map(([name, text]) => [name.toLowerCase(), text])),
    workspace: running.room.workspace,
    hub: run.call.hub,
    runId: run.id,
    repository: run.call.repository,
    repositories: run.call.repositories,
    token: running.token,
    env,
    setVariable: (name, value) => {
      running.variables[name] = value;
    },
    mask: running.masks.add,
    registry: run.call.registry,
    log: (line) => log(running, line),
  };
  return { conclusion: 'success', outputs: await found.run.run(call) };
};
