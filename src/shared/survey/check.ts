// `plan-fleet` mode check: the whole fleet read and proven, without AWS.
import { UserError } from '../errors.ts';
import type { Application } from '../fleet/application.ts';
import { parseApplications } from '../fleet/application-fleet.ts';
import { type Fleet, parseFleet } from '../fleet/fleet.ts';
import { removedWithoutRetirement } from '../fleet/history.ts';
import { readFolder } from '../fleet/load.ts';
import { inOrder } from '../fleet/order.ts';
import type { File } from '../fleet/reader.ts';
import { planOf } from '../fleet/rollout-plan.ts';
import { earlierFiles } from '../rollout/earlier-files.ts';
import { git } from '../rollout/git.ts';
import type { World } from '../world.ts';
import { code, plural, prose, shorten, table } from './markdown.ts';

export type CheckGiven = { readonly fleet: string; readonly since: string | undefined };

/** The summary of a sound fleet, as Markdown. Throws UserError with everything that is wrong with it. */
export const checkFleet = async ({ fleet: folder, since }: CheckGiven, world: World): Promise<string> => {
  const { fleet, applications } = soundOf(await readFolder(world.files, folder));
  if (since !== undefined) {
    const before = await earlierFiles({ folder, commit: since }, world);
    const concerned = await withoutUnchanged(before, { folder, since }, world);
    const problems = removedWithoutRetirement(concerned, fleet);
    if (problems.length) throw new UserError(problems);
  }
  const warnings = unrollable(fleet);
  for (const warning of warnings) world.log.warning(warning);
  world.log.info(`${folder}: ${counted(fleet, applications)}, no problem`);
  return summaryOf(fleet, { folder, applications, warnings });
};

type Sound = { readonly fleet: Fleet; readonly applications: readonly Application[] };

/** Tenants' mistakes and applications' together. */
const soundOf = (files: readonly File[]): Sound => {
  const parsed = parseFleet(files);
  const fleet = parsed.kind === 'fleet' ? parsed.fleet : parsed.readable;
  const { applications, problems } = parseApplications(files, fleet.environments.values());
  const all = [...(parsed.kind === 'fleet' ? [] : parsed.problems), ...problems];
  if (all.length) throw new UserError(inOrder(all));
  return { fleet, applications };
};

/** Sound manifests of which deploy-fleet cannot make one rollout; parts of them it can. */
const unrollable = (fleet: Fleet): readonly string[] =>
  [...fleet.environments.values()].flatMap((environment) => {
    const planned = planOf(environment, '', fleet.waves.get(environment.name) ?? []);
    return planned.kind === 'problems' ? planned.problems.map(({ what, fix }) => `${what} ${fix}`) : [];
  });

type Comparing = { readonly folder: string; readonly since: string };

/** A tenant whose file is as it was is still there; to read thousands of them again would double the check's time. */
const withoutUnchanged = async (
  before: readonly File[],
  { folder, since }: Comparing,
  world: World,
): Promise<readonly File[]> => {
  const args = ['diff', '--name-only', '--no-renames', '--relative', '-z', since, '--', '.'];
  const { exitCode, output } = await git({ folder, args }, world);
  if (exitCode !== 0) return before;
  const tail = (path: string): string | undefined => /tenants\/[^/]+$/.exec(path)?.[0];
  const changed = new Set(output.split('\0').map(tail));
  return before.filter(({ path }) => tail(path) === undefined || changed.has(tail(path)));
};

const counted = ({ tenants, environments }: Fleet, applications: readonly Application[]): string => {
  const names = new Set([...tenants.values()].flatMap((some) => [...some.keys()]));
  const released = new Set(applications.map(({ name }) => name));
  const ofTenants = `${plural(names.size, 'tenant')} in ${plural(environments.size, 'environment')}`;
  return [
    ...(environments.size ? [ofTenants] : []),
    ...(released.size ? [plural(released.size, 'application')] : []),
  ].join(', ');
};

/** A job summary of an environment with thousands of waves is still one that a person reads. */
const most = 200_000;
const wavesShown = 30;

type Said = {
  readonly folder: string;
  readonly applications: readonly Application[];
  readonly warnings: readonly string[];
};

const summaryOf = (fleet: Fleet, { folder, applications, warnings }: Said): string => {
  const but = warnings.map((warning) => `\n\n> ⚠️ ${warning}`).join('');
  const head = `## ✅ The manifests in ${code(folder)} are sound\n\n${counted(fleet, applications)}.${but}`;
  const rows = environmentRows(fleet);
  const sections = [
    prose(head),
    ...(rows.length ? [table(['environment', 'account', 'tenants', 'retired', 'waves'], rows)] : []),
    ...(applications.length
      ? [table(['application', 'environment', 'account', 'services', 'pipelines'], applications.map(rowOf))]
      : []),
  ];
  return `${shorten(sections, most).markdown}\n`;
};

const environmentRows = (fleet: Fleet): readonly (readonly string[])[] =>
  [...fleet.environments.values()].map(({ name, accountId, region }) => {
    const tenants = [...(fleet.tenants.get(name)?.values() ?? [])];
    const retired = tenants.filter(({ state }) => state === 'retired').length;
    const waves = fleet.waves.get(name) ?? [];
    const shown = waves.slice(0, wavesShown).map((wave) => `${wave.name} (${wave.tenants.length})`);
    const more = waves.length > shown.length ? ` → … and ${waves.length - shown.length} more` : '';
    return [
      `**${name}**`,
      `${accountId}, ${region}`,
      String(tenants.length - retired),
      String(retired),
      shown.join(' → ') + more,
    ];
  });

const rowOf = ({ name, environment, services, pipelines }: Application): readonly string[] => [
  `**${name}**`,
  environment.name,
  `${environment.accountId}, ${environment.region}`,
  services.map((service) => service.name).join(', '),
  pipelines.map((pipeline) => pipeline.name).join(' → '),
];
