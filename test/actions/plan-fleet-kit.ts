// plan-fleet run as a job would, in a lab's world that may have a GitHub, other files or other manifests.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as planFleet from '../../actions/plan-fleet/src/plan-fleet.ts';
import { camel } from '../../src/shared/inputs.ts';
import type { EnvironmentPlan, TenantPlan } from '../../src/shared/survey/types.ts';
import type { Exec, World } from '../../src/shared/world.ts';
import { fleetFolder, type Given, type Lab } from '../lab.ts';

type Yml = { readonly inputs: Readonly<Record<string, { readonly default?: string }>> };
type Runnable = {
  readonly inputs: Readonly<
    Record<string, (text: string) => { kind: 'value'; value: unknown } | { kind: 'problem'; what: string }>
  >;
  readonly run: (inputs: object, world: World) => Promise<Readonly<Record<string, string>>>;
};

/** Its outputs; action.yml's defaults stand under `given`. */
export const runPlanFleet = async (
  world: World,
  given: Given = {},
): Promise<Readonly<Record<string, string>>> => {
  const { inputs } = parse(readFileSync('actions/plan-fleet/action.yml', 'utf8')) as Yml;
  const module = planFleet as unknown as Runnable;
  const values = Object.entries(module.inputs).map(([name, parser]) => {
    const text = { fleet: fleetFolder, ...given }[name] ?? inputs[name]?.default ?? '';
    const parsed = parser(text);
    if (parsed.kind === 'problem') throw new Error(`test gives ${name} '${text}', which ${parsed.what}`);
    return [camel(name), parsed.value] as const;
  });
  return module.run(Object.fromEntries(values), world);
};

export type Seen = {
  readonly plan: EnvironmentPlan;
  readonly summary: string;
  readonly differs: boolean;
  /** What would become of the tenant's resources, by kind; what is kept is not among them. */
  readonly of: (tenant: string) => Readonly<Record<string, string>>;
};

export const planOf = async (world: World, given: Given = {}): Promise<Seen> => {
  const said = await runPlanFleet(world, { mode: 'plan', environment: 'sit', ...given });
  const [plan] = JSON.parse(said.plan ?? '') as readonly EnvironmentPlan[];
  if (!plan) throw new Error('no environment was planned');
  return {
    plan,
    summary: said.summary ?? '',
    differs: said.differs === 'true',
    of: (tenant) =>
      Object.fromEntries(
        (plan.tenants.find(({ name }) => name === tenant) as TenantPlan).outcomes.map(
          ({ kind, action, refused }) => [kind, refused === undefined ? action : 'refused'],
        ),
      ),
  };
};

/** The lab's world without some of its files, as a commit that deletes them. */
export const without = (world: World, ...paths: readonly string[]): World => ({
  ...world,
  files: {
    ...world.files,
    list: async (folder) => (await world.files.list(folder)).filter((path) => !paths.includes(path)),
  },
});

export const provisionAll = async (lab: Lab, tenants: readonly string[]): Promise<void> => {
  for (const tenant of tenants) await lab.run('provision-tenant', { tenant });
};

export const thirteen = [
  'goldencrust',
  ...['tenant1', 'tenant2', 'sunsetbistro', 'sterlinglaw'],
  ...['ironpeak', 'premierprop', 'lenslight', 'nexgentech'],
  ...['serenity', 'bloompetal', 'precisionauto', 'bbwstrustedservice'],
];

/** Real programs, as a runner has them. */
export const realExec: Exec = async ({ command, args, env, input }) => {
  try {
    const options = { env: { ...process.env, ...env }, input, encoding: 'utf8', stdio: 'pipe' } as const;
    return { exitCode: 0, output: execFileSync(command, [...args], options) };
  } catch (error) {
    const { status, stderr } = error as { status?: number; stderr?: string };
    return { exitCode: status ?? 127, output: stderr ?? '' };
  }
};
