// The roles of infra/*-roles.yml in a rehearsal's account, by the names that the manifests have for them.
import { type Application, releasePhases } from '../src/shared/fleet/application.ts';
import { type Environment, phases } from '../src/shared/fleet/types.ts';
import { deployInfra } from './aws/infra.ts';
import type { Sandbox } from './aws/sandbox.ts';

type Stack = Parameters<typeof deployInfra>[1];
type Iam = Sandbox['neighbours']['iam'];

/** One phase's role, as its template names it and as the manifest does, if it does. */
type PhaseRole = { readonly phase: string; readonly own: string; readonly given: string | undefined };

export type Roles = {
  /** Whose they are, as people say it. */
  readonly owner: string;
  /** The template's path in the project. */
  readonly template: string;
  readonly phases: readonly PhaseRole[];
};

export const environmentRoles = ({ name, roles }: Environment): Roles => ({
  owner: name,
  template: 'infra/github-roles.yml',
  phases: phases.map((phase) => ({ phase, own: `${name}-tenants-${phase}`, given: roles[phase] })),
});

export const applicationRoles = ({ name, environment }: Application): Roles => ({
  owner: `${name} in ${environment.name}`,
  template: 'infra/application-roles.yml',
  phases: releasePhases.map((phase) => ({
    phase,
    own: `${name}-${environment.name}-${phase}`,
    given: environment.roles[phase],
  })),
});

export const isUnnamed = (roles: Roles): boolean => roles.phases.every(({ given }) => !given);

/** Makes them; answers what a person should know about it. */
export const seedRoles = (
  { cloud, neighbours }: Pick<Sandbox, 'cloud' | 'neighbours'>,
  roles: Roles,
  stack: Stack,
): readonly string[] => {
  const strange = roles.phases.flatMap(({ phase, own, given }) =>
    given && given !== own ? [{ phase, own, given }] : [],
  );
  const names = new Map(strange.map(({ own, given }) => [own, given]));
  deployInfra({ cloud, neighbours: { ...neighbours, iam: renaming(neighbours.iam, names) } }, stack);
  const notes = strange.map(
    ({ phase, own, given }) =>
      `The role ${given} is rehearsed with what ${roles.template} gives ${own} for the phase ${phase}; yours in AWS may differ.`,
  );
  return [...notes, ...unnamed(roles)];
};

/** One role that serves several phases gets the trust and the policies of all. */
const renaming = (iam: Iam, names: ReadonlyMap<string, string>): Iam => {
  const trusts = new Map<string, readonly unknown[]>();
  const nameOf = (own: string): string => names.get(own) ?? own;
  return {
    ...iam,
    seedRole: (seed) => {
      const name = nameOf(seed.name);
      const { Statement = [] } = seed.trustPolicy as { readonly Statement?: readonly unknown[] };
      const statements = [...(trusts.get(name) ?? []), ...Statement];
      trusts.set(name, statements);
      return iam.seedRole({
        ...seed,
        name,
        trustPolicy: { ...seed.trustPolicy, Statement: statements },
      });
    },
    seedPolicy: (policy) => iam.seedPolicy({ ...policy, role: nameOf(policy.role) }),
  };
};

const unnamed = (roles: Roles): readonly string[] => {
  const missing = roles.phases.flatMap(({ phase, given }) => (given ? [] : [phase]));
  if (!missing.length || isUnnamed(roles)) return [];
  return [
    `${roles.owner} names no role for ${missing.join(', ')}: its steps take the credentials that the job has, and a rehearsed job has none.`,
  ];
};
