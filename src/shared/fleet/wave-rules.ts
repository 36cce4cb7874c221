// What is wrong with the waves as they stand in an environment's file, each with its place there.
import type { Problem } from '../errors.ts';
import type { Layer } from './check.ts';
import type { EnvironmentManifest, TenantManifest } from './manifests.ts';
import { didYouMean } from './nearest.ts';
import { type At, type Branch, find, keyAt, type Leaf, placeOf, type Tree } from './tree.ts';
import { restNames, restOf } from './waves.ts';

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
  const problems = waves.flatMap((wave, index) =>
    shapeProblems(wave, { index, count: waves.length, isBroken: written.isBroken }),
  );
  for (const { name, leaf } of waves.flatMap((wave) =>
    wave.tenants.map((leaf) => ({ name: wave.name, leaf })),
  )) {
    const tenant = String(leaf.value);
    const wrong = misplaced(tenant, { environment, first: members.get(tenant), tenants });
    if (wrong) problems.push({ ...wrong, place: placeOf(leaf.at) });
    else members.set(tenant, { wave: String(name?.value ?? ''), at: leaf.at });
  }
  if (written.isBroken(['waves'])) return [...problems, ...sameNames(waves, [])];
  const rest = restOf(membersOf(environment, tenants), new Set(members.keys()));
  return [
    ...problems,
    ...sameNames(waves, rest),
    ...(waves.some((wave) => wave.rest) ? [] : leftOut(environment, rest, tenants)),
  ];
};

type Member = { readonly wave: string; readonly at: At };
type WrittenWave = {
  readonly at: At;
  readonly name: Leaf | undefined;
  readonly tenants: readonly Leaf[];
  /** Where the key `tenants` or `rest` stands. */
  readonly list: At | undefined;
  readonly rest: At | undefined;
  readonly size: number;
};

/** What can be understood of the waves; the schema has said what cannot. */
const wavesIn = (branch: Branch): readonly WrittenWave[] =>
  itemsOf(find(branch, ['waves'])).map((wave) => ({
    at: wave.at,
    name: leavesOf([find(wave, ['name'])])[0],
    tenants: leavesOf(itemsOf(find(wave, ['tenants']))),
    list: keyAt(wave, ['tenants']),
    rest: keyAt(wave, ['rest']),
    size: sizeOf(find(wave, ['rest', 'size'])),
  }));

const sizeOf = (tree: Tree | undefined): number =>
  tree?.kind === 'leaf' && typeof tree.value === 'number' && tree.value > 0 ? tree.value : Infinity;

const itemsOf = (tree: Tree | undefined): readonly Tree[] => (tree?.kind === 'list' ? tree.items : []);

const leavesOf = (trees: readonly (Tree | undefined)[]): readonly Leaf[] =>
  trees.flatMap((tree) =>
    tree?.kind === 'leaf' && typeof tree.value === 'string' && tree.value ? [tree] : [],
  );

type Position = { readonly index: number; readonly count: number; readonly isBroken: Layer['isBroken'] };

const shapeProblems = (wave: WrittenWave, { index, count, isBroken }: Position): Problem[] => {
  const { at, name, list, rest } = wave;
  const called = name ? `The wave ${name.value}` : 'This wave';
  if (list && rest)
    return [
      {
        what: `${called} has both \`tenants\` and \`rest\`.`,
        fix: 'Write `tenants`, and `rest` in a wave of its own after it.',
        place: placeOf(rest),
      },
    ];
  if (!list && !rest && !isBroken(['waves', index]))
    return [
      {
        what: `${called} has neither \`tenants\` nor \`rest\`.`,
        fix: 'Write tenants: [name, …], or rest: {size: 4} for everybody else.',
        place: placeOf(name?.at ?? at),
      },
    ];
  if (rest && index < count - 1)
    return [
      {
        what: `${called} takes the \`rest\`, and other waves follow it.`,
        fix: 'Make it the last wave; only one may say `rest`.',
        place: placeOf(rest),
      },
    ];
  return [];
};

/** Names as the waves get them: what `rest` makes may collide with what is written. */
const sameNames = (waves: readonly WrittenWave[], left: readonly string[]): readonly Problem[] => {
  const seen = new Set<string>();
  return waves.flatMap(({ name, rest, size }) => {
    if (!name) return [];
    const written = String(name.value);
    const names = rest ? restNames(written, Math.ceil(left.length / size)) : [written];
    const again = names.find((each) => seen.has(each));
    for (const each of names) seen.add(each);
    const what = `Another wave is named ${again}.`;
    return again ? [{ what, fix: 'Give it a name of its own.', place: placeOf(name.at) }] : [];
  });
};

/** Those who must stand in a wave: whoever lives here, and has not retired as far as can be read. */
const membersOf = (environment: string, tenants: Tenants): readonly string[] =>
  [...tenants].flatMap(([tenant, file]) => (file && stateIn(file, environment) === 'active' ? [tenant] : []));

const leftOut = (environment: string, left: readonly string[], tenants: Tenants): readonly Problem[] =>
  left.flatMap((tenant) => {
    const home = tenants.get(tenant)?.environments.get(environment)?.home;
    const fix = `Add it to one of the \`waves\` in environments/${environment}.yml, or end them with rest: {size: 4}.`;
    return home ? [{ what: `${tenant} is in no wave of ${environment}.`, fix, place: placeOf(home) }] : [];
  });

type State = 'active' | 'retired' | 'elsewhere' | 'unknown';

const stateIn = ({ own, environments }: TenantManifest, environment: string): State => {
  const home = environments.get(environment);
  if (!home) return own.isBroken(['environments', environment]) ? 'unknown' : 'elsewhere';
  const path = ['state'];
  if (own.isBroken(path) || home.override.isBroken(path)) return 'unknown';
  const said = find(home.override.branch, path) ?? find(own.branch, path);
  return said?.kind === 'leaf' && said.value === 'retired' ? 'retired' : 'active';
};

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
  const state = file ? stateIn(file, environment) : 'unknown';
  if (state === 'retired')
    return {
      what: `${tenant} is retired in ${environment}, and a retired tenant stands in no wave.`,
      fix: 'Take it out of the wave, or delete its `state: retired`.',
    };
  return state === 'elsewhere'
    ? {
        what: `${tenant} does not live in ${environment}.`,
        fix: `Add ${environment}: {} to the \`environments\` of tenants/${tenant}.yml, or take it out of the wave.`,
      }
    : undefined;
};
