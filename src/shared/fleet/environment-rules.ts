// What must hold in an environment as a whole, and between environments.
import type { Problem } from '../errors.ts';
import type { EnvironmentManifest } from './manifests.ts';
import { didYouMean } from './nearest.ts';
import { find, type Path, placeOf } from './tree.ts';
import type { Environment } from './types.ts';

/** `undefined` for an environment whose file cannot be read. */
export type Environments = ReadonlyMap<string, EnvironmentManifest | undefined>;

export const judgeEnvironments = (environments: Environments): readonly Problem[] => {
  const known = [...environments.values()].flatMap((manifest) =>
    manifest?.environment ? [{ manifest, environment: manifest.environment }] : [],
  );
  return [
    ...known.flatMap(unreviewedGate),
    ...known.flatMap(foreignBoundary),
    ...sharedDeployments(known),
    ...[...environments].flatMap(([name, manifest]) =>
      manifest ? promotion(name, manifest, environments) : [],
    ),
  ];
};

type Known = { readonly manifest: EnvironmentManifest; readonly environment: Environment };

/** Where the first of the paths that is written stands, or else the file's first key. */
const placeIn = ({ written: { branch } }: EnvironmentManifest, paths: readonly Path[]) => {
  const found = paths.map((path) => find(branch, path)).find((tree) => tree);
  return { place: placeOf((found ?? branch).at) };
};

const deploymentPath = ['github', 'deployment'];
const approvalPath = ['github', 'approval'];

/** GitHub does not tell capitals apart. */
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const unreviewedGate = ({ manifest, environment: { name, github } }: Known): readonly Problem[] =>
  same(github.approval, github.deployment)
    ? [
        {
          what: `${name} has one GitHub environment, ${github.approval}, for the approval and for the tenants' jobs: people would be asked once a tenant.`,
          fix: 'Write different names as `github.approval` and `github.deployment`.',
          ...placeIn(manifest, [deploymentPath, approvalPath]),
        },
      ]
    : [];

const foreignBoundary = ({ manifest, environment }: Known): readonly Problem[] => {
  const account = environment.access.permissionsBoundary?.split(':')[4];
  return account && account !== 'aws' && account !== environment.accountId
    ? [
        {
          what: `The permissions boundary is in the account ${account}, and ${environment.name} in ${environment.accountId}.`,
          fix: 'Name a policy of the same account.',
          ...placeIn(manifest, [['access', 'permissionsBoundary']]),
        },
      ]
    : [];
};

/** Roles trust the GitHub environment of the tenants' jobs: whoever runs there can take them. */
const sharedDeployments = (known: readonly Known[]): readonly Problem[] => {
  const uses = known.flatMap(({ environment: { name, github } }) => [
    { name, gate: github.approval.toLowerCase(), kind: 'approval' },
    { name, gate: github.deployment.toLowerCase(), kind: 'deployment' },
  ]);
  const byGate = Map.groupBy(uses, ({ gate }) => gate);
  return known.flatMap(({ manifest, environment: { name, github } }) => {
    const others = byGate.get(github.deployment.toLowerCase()) ?? [];
    // Of two deployments in one place the later environment is told; an approval there always.
    const earlier = others.slice(
      0,
      others.findIndex((use) => use.name === name && use.kind === 'deployment'),
    );
    const other = [...earlier, ...others.filter(({ kind }) => kind === 'approval')].find(
      (use) => use.name !== name,
    );
    return other
      ? [
          {
            what: `The GitHub environment ${github.deployment} runs ${name}'s tenants, and is the ${other.kind} of ${other.name}: jobs of one could take roles of the other.`,
            fix: 'Write another `github.deployment`.',
            ...placeIn(manifest, [deploymentPath]),
          },
        ]
      : [];
  });
};

const promotion = (
  name: string,
  manifest: EnvironmentManifest,
  environments: Environments,
): readonly Problem[] => {
  const from = sourceOf(manifest);
  if (from === undefined) return [];
  const at = placeIn(manifest, [['promotesFrom']]);
  if (!environments.has(from))
    return [
      {
        what: `${name} is promoted from ${from}, and there is no environment ${from}.`,
        fix: didYouMean(
          from,
          [...environments.keys()].filter((each) => each !== name),
          'Environments',
        ),
        ...at,
      },
    ];
  const circle = circleFrom(name, environments);
  return circle
    ? [
        {
          what: `${name} is promoted from itself: ${circle.join(' from ')}.`,
          fix: 'Delete one `promotesFrom` of the circle.',
          ...at,
        },
      ]
    : [];
};

const sourceOf = ({ written }: EnvironmentManifest): string | undefined => {
  const path = ['promotesFrom'];
  const from = find(written.branch, path);
  return from?.kind === 'leaf' && typeof from.value === 'string' && !written.isBroken(path)
    ? from.value
    : undefined;
};

/** The environments from `name` back to itself; undefined where the promotions do not lead back. */
const circleFrom = (name: string, environments: Environments): readonly string[] | undefined => {
  const walked = [name];
  for (;;) {
    const manifest = environments.get(walked.at(-1) ?? '');
    const from = manifest && sourceOf(manifest);
    if (from === name) return [...walked, name];
    if (from === undefined || walked.includes(from)) return undefined;
    walked.push(from);
  }
};
