// What no two applications, or two environments of one, may share: most often a name in which {environment} was forgotten.
import type { Problem } from '../errors.ts';
import type { ApplicationDraft } from './application-draft.ts';
import { textIn } from './application-layers.ts';
import { type At, find, type Path, placeOf, type Tree } from './tree.ts';
import type { Environment } from './types.ts';

type Claim = {
  readonly draft: ApplicationDraft;
  readonly path: Path;
  readonly what: string;
  /** Within what the value is the only one; empty: within the fleet. */
  readonly on: string;
  readonly value: string;
};

/** The second and every later claim of the same thing is a problem, at its own place. */
export const findApplicationClashes = (drafts: readonly ApplicationDraft[]): readonly Problem[] => {
  const holders = new Map<string, Claim>();
  return drafts.flatMap(claimsOf).flatMap((claim) => {
    const key = JSON.stringify([claim.what, claim.on, claim.value]);
    const holder = holders.get(key);
    if (!holder) holders.set(key, claim);
    // Within one environment the rules have told it.
    return holder && holder.draft !== claim.draft ? [clash(claim, holder)] : [];
  });
};

const who = ({ application, environment }: ApplicationDraft): string => `${application} in ${environment}`;

const atOf = ({ tree, home }: ApplicationDraft, path: Path): At => find(tree, path)?.at ?? home;

const clash = ({ draft, path, what, on, value }: Claim, holder: Claim): Problem => {
  const first = placeOf(atOf(holder.draft, holder.path));
  return {
    what: `${who(draft)} has the ${what} ${value}${on && ` of ${on}`}, which ${who(holder.draft)} has already (${first.file}:${first.line}).`,
    fix: `Give one of the two another ${what}: each environment can have its own below \`environments\`, and {environment} stands for its name.`,
    place: placeOf(atOf(draft, path)),
  };
};

const claimsOf = (draft: ApplicationDraft): readonly Claim[] => {
  const account = `${textIn(draft.tree, ['accountId'])} ${textIn(draft.tree, ['region'])}`;
  const cluster = `the cluster ${textIn(draft.tree, ['cluster'])} in ${account}`;
  const claim =
    (what: string, on: string) =>
    (path: Path): readonly Claim[] => {
      const value = draft.isBroken(path) ? undefined : textIn(draft.tree, path);
      return value === undefined ? [] : [{ draft, path, what, on, value }];
    };
  return [
    ...pathsIn(draft, 'services', 'service').flatMap(claim('ECS service', cluster)),
    ...pathsIn(draft, 'pipelines', 'pipeline').flatMap(claim('CodePipeline', account)),
    ...pathsIn(draft, 'healthChecks', 'url').flatMap(claim('address to check', '')),
  ];
};

const pathsIn = ({ tree }: ApplicationDraft, key: string, inner: string): readonly Path[] =>
  stepsIn(find(tree, [key])).map((step) => [key, step, inner]);

const stepsIn = (tree: Tree | undefined): readonly (string | number)[] => {
  if (tree?.kind === 'list') return [...tree.items.keys()];
  return tree?.kind === 'branch' ? [...tree.entries.keys()] : [];
};

type Gate = {
  readonly owner: string;
  readonly kind: 'approval' | 'deployment';
  readonly name: string;
  /** Undefined for an environment of tenants, which is not to blame here. */
  readonly place: NonNullable<Problem['place']> | undefined;
};

/** Roles trust the GitHub environment of the jobs: whoever runs there can take them. */
export const findSharedGates = (
  drafts: readonly ApplicationDraft[],
  environments: Iterable<Pick<Environment, 'name' | 'github'>>,
): readonly Problem[] => {
  const gates = [...[...environments].flatMap(gatesOfTenants), ...drafts.flatMap(gatesOf)];
  const byName = Map.groupBy(gates, ({ name }) => name.toLowerCase());
  return [...byName.values()].flatMap((same) =>
    same.flatMap((gate, index) => {
      const { place } = gate;
      if (!place) return [];
      const earlier = same.slice(0, index).filter(({ kind }) => kind === 'deployment');
      const approvals = gate.kind === 'deployment' ? same.filter(({ kind }) => kind === 'approval') : [];
      const tenants = earlier.filter((other) => !other.place);
      // An approval that is an application's deployment is told at the deployment.
      const others = gate.kind === 'deployment' ? [...earlier, ...approvals] : tenants;
      const other = others.find(({ owner }) => owner !== gate.owner);
      return other ? [{ ...shared(gate, other), place }] : [];
    }),
  );
};

const shared = (gate: Gate, other: Gate): Problem => ({
  what: `The GitHub environment ${gate.name} is the ${gate.kind} of ${gate.owner} and the ${other.kind} of ${other.owner}: jobs of one could take roles of the other.`,
  fix: `Write another \`github.${gate.kind}\`.`,
});

const gatesOfTenants = ({ name, github }: Pick<Environment, 'name' | 'github'>): readonly Gate[] =>
  (['approval', 'deployment'] as const).map((kind) => ({
    owner: `the tenants in ${name}`,
    kind,
    name: github[kind],
    place: undefined,
  }));

const gatesOf = (draft: ApplicationDraft): readonly Gate[] =>
  (['approval', 'deployment'] as const).flatMap((kind) => {
    const path = ['github', kind];
    const name = draft.isBroken(path) ? undefined : textIn(draft.tree, path);
    return name === undefined ? [] : [{ owner: who(draft), kind, name, place: placeOf(atOf(draft, path)) }];
  });
