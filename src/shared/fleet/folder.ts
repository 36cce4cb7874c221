// Which file of a fleet folder is what, by its path alone.
import type { Problem } from '../errors.ts';
import type { File } from './reader.ts';

export type Folder = {
  readonly defaults: File | undefined;
  /** By the name in the file's name. */
  readonly environments: ReadonlyMap<string, File>;
  readonly tenants: ReadonlyMap<string, File>;
  readonly problems: readonly Problem[];
};

type Kind = 'defaults' | 'environments' | 'tenants' | 'stray';
type Sorted = { readonly kind: Kind; readonly root: string; readonly name: string; readonly file: File };

/** Whether the file is for us at all: a README beside the manifests is not. */
export const isManifest = (path: string): boolean => /\.ya?ml$/i.test(path);

/** The folder that holds the manifests is the shortest one that looks like it. */
export const sortFolder = (files: readonly File[]): Folder => {
  const sorted = files.filter(({ path }) => isManifest(path)).map(sortFile);
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
    problems: sorted.filter((each) => each.kind === 'stray' || each.root !== root).map(stray),
  };
};

const sortFile = (file: File): Sorted => {
  const [, root = '', kind, name = ''] =
    /^(.*\/|)(environments|tenants)\/([^/]+)\.yml$/.exec(file.path) ?? [];
  if (kind === 'environments' || kind === 'tenants') return { kind, root, name, file };
  const [found, folder = ''] = /^(.*\/|)defaults\.yml$/.exec(file.path) ?? [];
  return { kind: found === undefined ? 'stray' : 'defaults', root: folder, name: '', file };
};

const stray = ({ file }: Sorted): Problem => ({
  what: 'This file is no part of a fleet.',
  fix: 'Name it defaults.yml, environments/<name>.yml or tenants/<name>.yml, or move it out of the folder.',
  place: { file: file.path, line: 1, column: 1 },
});
