// One action's JavaScript in, its dist folder out: everything it needs in a few files, the same bytes from any checkout.
// Sizes and start times that led here are in docs/architecture.md.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { minify, parse } from '@swc/core';

/** File name → content. */
export type Dist = ReadonlyMap<string, string>;

export type Bundle = {
  readonly dist: Dist;
  /** Paths of everything that went into it. */
  readonly sources: readonly string[];
};

type Ncc = (entry: string, options: object) => Promise<Bundled>;
type Bundled = {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>;
  readonly stats: { readonly compilation: { readonly modules: Iterable<Module> } };
};
/** webpack's: a file, or several that it joined. */
type Module = { readonly resource?: string; readonly modules?: Iterable<Module> };

// ncc has no types of its own.
const ncc: Ncc = createRequire(import.meta.url)('@vercel/ncc');

/**
 * @actions/http-client imports undici for `getAgentDispatcher`, which only callers of fetch use; its own requests go
 * through a proxy by way of `tunnel`. @actions/github imports its fetch, and is given ours (world-github-fetch.ts). So
 * 415 KB are left out, and a new importer of anything else fails the build. Both make a ProxyAgent when loaded behind a
 * proxy and never use it, so it is an empty one.
 */
const noUndici = `const refuse = () => {
  throw new Error('undici is not in this bundle: send the request through node:https and an agent.');
};
export class ProxyAgent {}
export const fetch = refuse;
`;

/** Writes what ncc reads from its working folder: where the lean forms of the packages are. */
export const prepare = (work: string, root: string): void => {
  writeFileSync(join(work, 'undici.js'), noUndici);
  const paths = { undici: ['./undici.js'], ...esModules(join(root, 'node_modules')) };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions: { baseUrl: '.', paths } }));
};

/** ncc takes the `node` export, CommonJS, of the SDK's shared packages; unused code can be left out of `module` only. */
const esModules = (nodeModules: string): Record<string, readonly string[]> => {
  const paths: Record<string, readonly string[]> = {};
  for (const scope of ['@aws-sdk', '@smithy'])
    for (const name of readdirSync(join(nodeModules, scope)).sort()) {
      const text = readFileSync(join(nodeModules, scope, name, 'package.json'), 'utf8');
      const { exports = {} } = JSON.parse(text) as { exports?: Record<string, { module?: unknown }> };
      for (const [subpath, { module }] of Object.entries(exports))
        if (typeof module === 'string' && module.endsWith('.js'))
          paths[join(scope, name, subpath)] = [`../node_modules/${scope}/${name}/${module}`];
    }
  return paths;
};

/** Needs the working folder to be the one `prepare` wrote to. */
export const bundle = async (entry: string): Promise<Bundle> => {
  const { code, assets, stats } = await ncc(entry, {
    cache: false,
    quiet: true,
    target: 'es2022',
    mainFields: ['module', 'main'],
  });
  const files = new Map([['index.js', await shrink(code)]]);
  for (const [name, { source }] of Object.entries(assets)) {
    const text = source.toString();
    files.set(name, name.endsWith('.js') ? await shrink(text) : text);
  }
  return { dist: files, sources: filesOf(stats.compilation.modules) };
};

const filesOf = (modules: Iterable<Module>): readonly string[] =>
  [...modules].flatMap(({ resource, modules: joined }) => (joined ? filesOf(joined) : (resource ?? [])));

/** The SDK and our errors are told apart by class names, so those stay. */
const names = { keep_classnames: true, keep_fnames: true };

const shrink = async (code: string): Promise<string> => {
  // ecma 5 keeps webpack's modules as arrow functions: a method cannot stand in parentheses.
  const compress = { ...names, ecma: 5 as const, passes: 10 };
  const options = { module: true, compress, mangle: names, format: { comments: false as const } };
  return compileAtOnce((await minify(code, options)).code);
};

type Node = { readonly type?: string; readonly span?: { readonly start: number; readonly end: number } };
type Row = Node & { readonly key: Node; readonly value: Node };

/**
 * V8 skims a function first and compiles it when called, unless it stands in parentheses. Nearly all bundled modules are
 * called at the start, so skimming them costs an eighth of it; minifiers take webpack's parentheses away.
 */
const compileAtOnce = async (code: string): Promise<string> => {
  const source = Buffer.from(code);
  const cuts: (readonly [number, string])[] = [];
  for (const { span } of modulesIn(await parse(code, { syntax: 'ecmascript', target: 'es2022' })))
    if (span) cuts.push([span.start - 1, '('], [span.end - 1, ')']);
  cuts.sort(([a], [b]) => a - b);
  const ends = [...cuts.map(([at]) => at), source.length];
  const parts = cuts.map(([at, mark], index) => mark + source.subarray(at, ends[index + 1]).toString());
  return source.subarray(0, ends[0]).toString() + parts.join('');
};

/** The functions of every `{123: (module, exports, require) => {…}}`. */
const modulesIn = (node: unknown): readonly Node[] => {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(modulesIn);
  const { type, properties } = node as Node & { readonly properties?: readonly Row[] };
  const isTable = type === 'ObjectExpression' && properties?.length && properties.every(isModule);
  return isTable ? properties.map(({ value }) => value) : Object.values(node).flatMap(modulesIn);
};

const isModule = ({ type, key, value }: Row): boolean =>
  type === 'KeyValueProperty' &&
  key.type === 'NumericLiteral' &&
  /^(Arrow)?FunctionExpression$/.test(value.type ?? '');
