// Which file of a fleet folder is what, by its path alone.
import type { Problem } from '../errors.ts';

type Located = { readonly path: string };

export type Folder<F extends Located> = {
  readonly defaults: F | undefined;
  /** By the name in the file's name. */
  readonly environments: ReadonlyMap<string, F>;
  readonly tenants: ReadonlyMap<string, F>;
  readonly applications: ReadonlyMap<string, F>;
  readonly problems: readonly Problem[];
};

const folders = ['environments', 'tenants', 'applications'] as const;
type Kind = 'defaults' | 'stray' | (typeof folders)[number];
type Sorted<F> = { readonly kind: Kind; readonly root: string; readonly name: string; readonly file: F };

/** Whether the file is for us at all: a README beside the manifests is not. */
export const isManifest = (path: string): boolean => /\.ya?ml$/i.test(path);

/** The folder that holds the manifests is the shortest one that looks like it. */
export const sortFolder = <F extends Located>(files: readonly F[]): Folder<F> => {
  const sorted = files.filter(({ path }) => isManifest(path)).map((file) => sortFile(file));
  const known = sorted.filter(({ kind }) => kind !== 'stray');
  const root = known.reduce(
    (least, each) => (each.root.length < least.length ? each.root : least),
    known[0]?.root ?? '',
  );
  const ofKind = (wanted: Kind) => known.filter((each) => each.kind === wanted && each.root === root);
  const byName = (kind: Kind) => new Map(ofKind(kind).map(({ name, file }) => [name, file]));
  return {
    defaults: ofKind('defaults')[0]?.file,
    environments: byName('environments'),
    tenants: byName('tenants'),
    applications: byName('applications'),
    problems: sorted.filter((each) => each.kind === 'stray' || each.root !== root).map(stray),
  };
};

const sortFile = <F extends Located>(file: F): Sorted<F> => {
  const [, root = '', folder, name = ''] =
    /^(.*\/|)(environments|tenants|applications)\/([^/]+)\.yml$/.exec(file.path) ?? [];
  const kind = folders.find((each) => each === folder);
  if (kind) return { kind, root, name, file };
  const [found, above = ''] = /^(.*\/|)defaults\.yml$/.exec(file.path) ?? [];
  return { kind: found === undefined ? 'stray' : 'defaults', root: above, name: '', file };
};

const stray = ({ file }: Sorted<Located>): Problem => ({
  what: 'This file is no part of a fleet.',
  fix: 'Name it defaults.yml, environments/<name>.yml, tenants/<name>.yml or applications/<name>.yml, or move it out of the folder.',
  place: { file: file.path, line: 1, column: 1 },
});
