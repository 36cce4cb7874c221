// The built actions against a sandbox, as a workflow's steps for one tenant.
import { join } from 'node:path';
import { runStep, type Step, type StepEnd } from '../../sandbox/github/step.ts';
import { type OpenSandbox, openSandbox } from '../../sandbox/open.ts';

export const root = join(import.meta.dirname, '../..');

export type Call = {
  readonly action: string;
  readonly tenant: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What leads the action to the sandbox. */
  readonly env: Readonly<Record<string, string>>;
};

export const openSit = (speed: number): Promise<OpenSandbox> =>
  openSandbox({ fleet: join(root, 'examples/wpsit'), environment: 'sit', port: 0, speed });

/** Ends as the action does; whoever wants it to succeed uses `callAction`. */
export const startAction = (
  { action, tenant, inputs, env }: Call,
  hooks: Pick<Step, 'onLine' | 'onStart'> = {},
): Promise<StepEnd> =>
  runStep({
    action: join(root, 'actions', action),
    inputs: { fleet: 'examples/wpsit', environment: 'sit', tenant, ...inputs },
    env: { ...env, GITHUB_WORKSPACE: root },
    ...hooks,
  });

/** Throws with the action's own last lines where it fails. */
export const callAction = async (call: Call, hooks: Pick<Step, 'onLine'> = {}): Promise<StepEnd> => {
  const end = await startAction(call, hooks);
  if (end.exitCode === 0) return end;
  throw new Error(`${call.action} failed for ${call.tenant}:\n${end.lines.slice(-10).join('\n')}`);
};
