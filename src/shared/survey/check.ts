// `plan-fleet` mode check: the whole fleet read and proven, without AWS.
import { UserError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { removedWithoutRetirement } from '../fleet/history.ts';
import { loadFleet } from '../fleet/load.ts';
import type { File } from '../fleet/reader.ts';
import { planOf } from '../fleet/rollout-plan.ts';
import { earlierFiles } from '../rollout/earlier-files.ts';
import { git } from '../rollout/git.ts';
import type { World } from '../world.ts';
import { code, plural, prose, shorten, table } from './markdown.ts';

export type CheckGiven = { readonly fleet: string; readonly since: string | undefined };

/** The summary of a sound fleet, as Markdown. Throws UserError with everything that is wrong with it. */
export const checkFleet = async ({ fleet: folder, since }: CheckGiven, world: World): Promise<string> => {
  const fleet = await loadFleet(world.files, folder);
  if (since !== undefined) {
    const before = await earlierFiles({ folder, commit: since }, world);
    const concerned = await withoutUnchanged(before, { folder, since }, world);
    const problems = removedWithoutRetirement(concerned, fleet);
    if (problems.length) throw new UserError(problems);
  }
  const warnings = unrollable(fleet);
  for (const warning of warnings) world.log.warning(warning);
  world.log.info(`${folder}: ${counted(fleet)}, no problem`);
  return summaryOf(fleet, { folder, warnings });
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

const counted = ({ tenants, environments }: Fleet): string => {
  const names = new Set([...tenants.values()].flatMap((some) => [...some.keys()]));
  return `${plural(names.size, 'tenant')} in ${plural(environments.size, 'environment')}`;
};

/** A job summary of an environment with thousands of waves is still one that a person reads. */
const most = 200_000;
const wavesShown = 30;

type Said = { readonly folder: string; readonly warnings: readonly string[] };

const summaryOf = (fleet: Fleet, { folder, warnings }: Said): string => {
  const rows = [...fleet.environments.values()].map(({ name, accountId, region }) => {
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
  const but = warnings.map((warning) => `\n\n> ⚠️ ${warning}`).join('');
  const head = `## ✅ The manifests in ${code(folder)} are sound\n\n${counted(fleet)}.${but}`;
  const body = table(['environment', 'account', 'tenants', 'retired', 'waves'], rows);
  return `${shorten([prose(head), body], most).markdown}\n`;
};
