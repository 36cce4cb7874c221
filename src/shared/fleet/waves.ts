// The order of deployment: each tenant of an environment stands in exactly one of its waves.
import type { Problem } from '../errors.ts';
import type { EnvironmentManifest, TenantManifest } from './manifests.ts';
import { didYouMean } from './nearest.ts';
import { type At, type Branch, find, type Leaf, placeOf, type Tree } from './tree.ts';

export type Wave = { readonly name: string; readonly tenants: readonly string[] };

/** `undefined` for a tenant whose file cannot be read: it exists, and nobody knows where it lives. */
export type Tenants = ReadonlyMap<string, TenantManifest | undefined>;

/** An environment without `waves` has no order to check. */
export const checkWaves = (
  environment: string,
  { written }: Pick<EnvironmentManifest, 'written'>,
  tenants: Tenants,
): readonly Problem[] => {
  if (!find(written.branch, ['waves'])) return [];
  const waves = wavesIn(written.branch);
  const members = new Map<string, Member>();
  const problems = sameNames(waves);
  for (const { name, leaf } of waves.flatMap((wave) =>
    wave.tenants.map((leaf) => ({ name: wave.name, leaf })),
  )) {
    const tenant = String(leaf.value);
    const wrong = misplaced(tenant, { environment, first: members.get(tenant), tenants });
    if (wrong) problems.push({ ...wrong, place: placeOf(leaf.at) });
    else members.set(tenant, { wave: String(name?.value ?? ''), at: leaf.at });
  }
  return written.isBroken(['waves']) ? problems : [...problems, ...leftOut(environment, members, tenants)];
};

type Member = { readonly wave: string; readonly at: At };
type WrittenWave = { readonly name: Leaf | undefined; readonly tenants: readonly Leaf[] };

/** What can be understood of the waves; the schema has said what cannot. */
const wavesIn = (branch: Branch): readonly WrittenWave[] =>
  itemsOf(find(branch, ['waves'])).map((wave) => ({
    name: leavesOf([find(wave, ['name'])])[0],
    tenants: leavesOf(itemsOf(find(wave, ['tenants']))),
  }));

const itemsOf = (tree: Tree | undefined): readonly Tree[] => (tree?.kind === 'list' ? tree.items : []);

const leavesOf = (trees: readonly (Tree | undefined)[]): readonly Leaf[] =>
  trees.flatMap((tree) =>
    tree?.kind === 'leaf' && typeof tree.value === 'string' && tree.value ? [tree] : [],
  );

const sameNames = (waves: readonly WrittenWave[]): Problem[] => {
  const seen = new Set<unknown>();
  return waves.flatMap(({ name }) => {
    const again = name && seen.has(name.value);
    seen.add(name?.value);
    const what = `Another wave is named ${name?.value}.`;
    return again ? [{ what, fix: 'Give it a name of its own.', place: placeOf(name.at) }] : [];
  });
};

const leftOut = (
  environment: string,
  members: ReadonlyMap<string, Member>,
  tenants: Tenants,
): readonly Problem[] =>
  [...tenants].flatMap(([tenant, file]) => {
    const home = file?.environments.get(environment)?.home;
    if (!home || members.has(tenant)) return [];
    const fix = `Add it to one of the \`waves\` in environments/${environment}.yml.`;
    return [{ what: `${tenant} is in no wave of ${environment}.`, fix, place: placeOf(home) }];
  });

type Context = {
  readonly environment: string;
  readonly first: Member | undefined;
  readonly tenants: Tenants;
};

const misplaced = (
  tenant: string,
  { environment, first, tenants }: Context,
): Pick<Problem, 'what' | 'fix'> | undefined => {
  if (first)
    return {
      what: `${tenant} is in wave ${first.wave} already (line ${placeOf(first.at).line}).`,
      fix: 'Keep it in one wave.',
    };
  if (!tenants.has(tenant))
    return { what: `There is no tenant ${tenant}.`, fix: didYouMean(tenant, [...tenants.keys()], 'Tenants') };
  const file = tenants.get(tenant);
  return !file || file.environments.has(environment) || file.own.isBroken(['environments', environment])
    ? undefined
    : {
        what: `${tenant} does not live in ${environment}.`,
        fix: `Add ${environment}: {} to the \`environments\` of tenants/${tenant}.yml, or take it out of the wave.`,
      };
};
