// One applications/<name>.yml read and checked: an application for each of its environments, or everything that is wrong.
import type { Problem } from '../errors.ts';
import type { Application } from './application.ts';
import type { ApplicationDraft } from './application-draft.ts';
import { effectiveTree } from './application-layers.ts';
import { judgeApplication } from './application-rules.ts';
import { applicationFileSchema, type FilledApplication, filledSchema } from './application-schema.ts';
import { type Checked, checkLayer, nameOf } from './check.ts';
import { misnamed } from './misnamed.ts';
import { didYouMean } from './nearest.ts';
import { prune, touching } from './paths.ts';
import { type File, readManifest } from './reader.ts';
import { type At, type Branch, find, mergeAll, type Path, pick, placeOf, plain, type Tree } from './tree.ts';

export type ApplicationManifest = {
  readonly drafts: readonly ApplicationDraft[];
  readonly problems: readonly Problem[];
};

export const readApplication = (file: File, name: string): ApplicationManifest => {
  const { branch, refused, problems } = readManifest(file);
  if (!branch) return { drafts: [], problems };
  const empties = findEmpties(branch);
  const checked = checkLayer(applicationFileSchema, branch, [...refused, ...empties.map(({ path }) => path)]);
  const drafted = draftsOf(checked, name);
  return {
    drafts: drafted.map(({ draft }) => draft),
    problems: [
      ...problems,
      ...empties.map(({ problem }) => problem),
      ...checked.problems,
      ...misnamed(checked.branch, name, 'applications'),
      ...homeless(checked),
      ...drafted.flatMap((each) => each.problems),
    ],
  };
};

const homeless = ({ branch, isBroken }: Checked): readonly Problem[] => {
  const path = ['environments'];
  const environments = find(branch, path);
  return environments?.kind !== 'branch' || environments.entries.size || isBroken(path)
    ? []
    : [
        {
          what: 'The application has no environment.',
          fix: 'Write one below `environments`, e.g. prod: {accountId: "123456789012", region: eu-west-2}.',
          place: placeOf(environments.at),
        },
      ];
};

type Drafted = { readonly draft: ApplicationDraft; readonly problems: readonly Problem[] };

const draftsOf = (checked: Checked, application: string): readonly Drafted[] => {
  const base = pick(checked.branch, (key) => key !== 'name' && key !== 'environments');
  const environments = find(checked.branch, ['environments']);
  if (environments?.kind !== 'branch') return [];
  return [...environments.entries].flatMap(([environment, { key, value }]) => {
    if (value.kind !== 'branch') return [];
    const broken = checked.broken.flatMap((path): readonly Path[] => {
      if (path[0] !== 'environments') return [path];
      return path[1] === environment ? [path.slice(2)] : [];
    });
    const tree = effectiveTree([base, { ...value, at: key }], { application, environment });
    return [draftOf({ application, environment, home: key, tree }, broken)];
  });
};

type Unjudged = Omit<ApplicationDraft, 'isBroken' | 'value'>;

const draftOf = (unjudged: Unjudged, broken: readonly Path[]): Drafted => {
  const whole = checkLayer(filledSchema, unjudged.tree, broken);
  const isBroken = touching([...broken, ...whole.broken]);
  const draft = { ...unjudged, tree: prune(unjudged.tree, whole.broken), isBroken, value: undefined };
  const problems = [...whole.problems, ...judgeApplication(draft)];
  const parsed = problems.length ? undefined : filledSchema.safeParse(plain(mergeAll([draft.tree])));
  const value = parsed?.success ? applicationOf(parsed.data, unjudged) : undefined;
  return { draft: { ...draft, value }, problems };
};

type Names = Pick<ApplicationDraft, 'application' | 'environment' | 'home'>;

const listed = <T extends object>(map: Readonly<Record<string, T>>) =>
  Object.entries(map).map(([name, value]) => ({ ...value, name }));

const applicationOf = (
  { accountId, region, roles, github, ...filled }: FilledApplication,
  { application, environment, home }: Names,
): Application => ({
  ...filled,
  name: application,
  manifest: home.source.file,
  environment: { name: environment, accountId, region, roles, github },
  services: listed(filled.services).map((service) => ({ ...service, targetGroups: service.targetGroups })),
  healthChecks: listed(filled.healthChecks).map((check) => ({ ...check, contains: check.contains })),
  images: listed(filled.images),
  migration: filled.migration,
  database: filled.database,
});

type Empty = { readonly path: Path; readonly problem: Problem };

/** Null is for taking away what the application says for all its environments; anywhere else it is a line not finished. */
const findEmpties = (root: Branch): readonly Empty[] => emptiesIn(root, [], root);

const emptiesIn = (branch: Branch, path: Path, root: Branch): readonly Empty[] =>
  [...branch.entries].flatMap(([name, { key, value }]) => {
    const here = [...path, name];
    if (value.kind === 'branch') return emptiesIn(value, here, root);
    return isNull(value) ? emptyAt(here, { key, written: value.written, root }) : [];
  });

const isNull = (tree: Tree): tree is Extract<Tree, { kind: 'leaf' }> =>
  tree.kind === 'leaf' && tree.value === null;

type EmptyValue = { readonly key: At; readonly written: string; readonly root: Branch };

const emptyAt = (path: Path, { key, written, root }: EmptyValue): readonly Empty[] => {
  const [first, , ...above] = path;
  const removes = first === 'environments' && above.length > 0 && written !== '';
  const siblings = find(root, above.slice(0, -1));
  if (removes && find(root, above)) return [];
  const known = siblings?.kind === 'branch' ? [...siblings.entries.keys()] : [];
  const problem = removes
    ? {
        what: `\`${nameOf(path)}\` takes away a \`${nameOf(above)}\` that is not there.`,
        fix: didYouMean(String(path.at(-1)), known, 'There are'),
      }
    : {
        what: `\`${nameOf(path)}\` is empty.`,
        fix: 'Write its value, {} for one that needs nothing of its own, or delete the line.',
      };
  return [{ path, problem: { ...problem, place: placeOf(key) } }];
};
