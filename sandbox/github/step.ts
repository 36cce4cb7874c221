// One step of a job that uses an action, run as the runner runs it: the committed dist in a process of its own under the
// runtime that the action declares, INPUT_ and GITHUB_ variables, command files, masks, and the post step with the state
// that main saved.
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Masks } from './masks.ts';
import { type Cancelling, type ProgramEnd, runProgram } from './process.ts';

export type Step = {
  /** Folder of the action, with action.yml and dist. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the job: AWS_ENDPOINT_URL, credentials, GITHUB_WORKSPACE. Of this process only PATH is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** State of main, for a post step. */
  readonly state?: Readonly<Record<string, string>>;
  /** Of the job; without them the step's own. */
  readonly masks?: Masks;
  readonly cancelling?: Cancelling;
  readonly onLine?: (line: string) => void;
  readonly onStart?: (child: ChildProcess) => void;
};

export type StepEnd = Omit<ProgramEnd, 'variables' | 'paths'>;

type Yml = {
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
};

/** Runs main, or post where `state` is given. Throws where this Node is not the one that the action declares. */
export const runStep = async (step: Step): Promise<ProgramEnd> => {
  const { action, inputs, env, state, ...hooks } = step;
  const yml = parse(await readFile(join(action, 'action.yml'), 'utf8')) as Yml;
  requireRuntime(yml.runs.using);
  const entry = resolve(action, state ? (yml.runs.post ?? yml.runs.main) : yml.runs.main);
  return runProgram({
    ...hooks,
    command: process.execPath,
    args: [entry],
    ...(env.GITHUB_WORKSPACE ? { cwd: env.GITHUB_WORKSPACE } : {}),
    env: environmentOf({ inputs, env, state }, yml),
  });
};

const requireRuntime = (using: string): void => {
  const here = `node${process.versions.node.split('.')[0]}`;
  if (using !== here) throw new Error(`The action declares ${using}, and this is ${here}.`);
};

type Given = Pick<Step, 'inputs' | 'env'> & { readonly state: Step['state'] | undefined };

const environmentOf = ({ inputs, env, state = {} }: Given, yml: Yml): Readonly<Record<string, string>> => {
  const defaults = Object.entries(yml.inputs ?? {}).map(([name, of]) => [name, String(of.default ?? '')]);
  const given = { ...Object.fromEntries(defaults), ...inputs };
  return {
    PATH: process.env.PATH ?? '',
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    ...env,
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value])),
    ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
  };
};

const inputVariable = (name: string): string => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
