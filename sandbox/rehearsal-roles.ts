// The roles of infra/github-roles.yml in a rehearsal's account, by the names that the fleet has for them.
import { type Environment, type Phase, phases } from '../src/shared/fleet/types.ts';
import { deployInfra } from './aws/infra.ts';
import type { Sandbox } from './aws/sandbox.ts';

type Stack = Parameters<typeof deployInfra>[1];
type Iam = Sandbox['neighbours']['iam'];

/** The template's name of a phase's role. */
export const roleName = ({ name }: Pick<Environment, 'name'>, phase: Phase): string =>
  `${name}-tenants-${phase}`;

/** Makes them; answers what a person should know about it. */
export const seedRoles = (
  { cloud, neighbours }: Pick<Sandbox, 'cloud' | 'neighbours'>,
  environment: Environment,
  stack: Stack,
): readonly string[] => {
  const strange = phases.flatMap((phase) => {
    const [own, given] = [roleName(environment, phase), environment.roles[phase] ?? ''];
    return given && given !== own ? [{ phase, own, given }] : [];
  });
  const names = new Map(strange.map(({ own, given }) => [own, given]));
  deployInfra({ cloud, neighbours: { ...neighbours, iam: renaming(neighbours.iam, names) } }, stack);
  const notes = strange.map(
    ({ phase, own, given }) =>
      `The role ${given} is rehearsed with what infra/github-roles.yml gives ${own} for the phase ${phase}; yours in AWS may differ.`,
  );
  return [...notes, ...unnamed(environment)];
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

const unnamed = ({ name, roles }: Environment): readonly string[] => {
  const missing = phases.filter((phase) => !roles[phase]);
  if (!missing.length || missing.length === phases.length) return [];
  return [
    `${name} names no role for ${missing.join(', ')}: its steps take the credentials that the job has, and a rehearsed job has none.`,
  ];
};
