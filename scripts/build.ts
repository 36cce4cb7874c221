// `npm run build` writes every action's dist; `--check` writes nothing and fails where a committed dist is another.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bundle, bundle, type Dist, prepare } from './bundle.ts';
import { leanClients, leanRules } from './lean.ts';
import { licensesOf } from './licenses.ts';

const root = dirname(import.meta.dirname);
const work = join(root, 'build');
/** One for all actions: nearly all of them contain the same packages. */
const licenses = 'licenses.txt';

const main = async (check: boolean): Promise<void> => {
  compile();
  prepare(work, root);
  leanClients(work, root);
  await leanRules(work);
  process.chdir(work);
  const stale: string[] = [];
  const sources = new Set<string>();
  for (const entry of globSync('actions/*/src/main.js', { cwd: work }).sort()) {
    const folder = join(entry, '../../dist');
    const made = await bundleOrFail(entry);
    for (const source of made.sources) sources.add(source);
    if (check) stale.push(...differences(folder, made.dist));
    else write(folder, made.dist);
  }
  const terms = licensesOf(sources);
  if (!check) writeFileSync(join(root, licenses), terms);
  else if (readText(licenses) !== terms) stale.push(`${licenses}: differs`);
  if (stale.length)
    fail(
      `${stale.join('\n')}\nThe committed dist is not what the sources make. Run: npm run build, and commit it.`,
    );
};

/** From nothing, so that a deleted source cannot survive. */
const compile = (): void => {
  rmSync(work, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail('The sources do not compile; the lines above say where.');
};

const readText = (file: string): string | undefined =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;

/** Uncaught, an error of ncc's prints ncc itself: three megabytes in one line. */
const bundleOrFail = async (entry: string): Promise<Bundle> => {
  try {
    return await bundle(join(work, entry));
  } catch (error) {
    return fail(`${entry} cannot be bundled: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const write = (folder: string, dist: Dist): void => {
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  for (const [name, content] of dist) writeFileSync(join(root, folder, name), content);
  const bytes = [...dist.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  console.log(`${folder}: ${dist.size} files, ${(bytes / 1e6).toFixed(2)} MB`);
};

const differences = (folder: string, dist: Dist): readonly string[] => {
  const place = join(root, folder);
  const found = existsSync(place) ? readdirSync(place) : [];
  return [...new Set([...found, ...dist.keys()])].sort().flatMap((name) => {
    if (!dist.has(name)) return [`${folder}/${name}: no source makes it`];
    if (!found.includes(name)) return [`${folder}/${name}: missing`];
    return readFileSync(join(place, name), 'utf8') === dist.get(name) ? [] : [`${folder}/${name}: differs`];
  });
};

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

await main(process.argv.includes('--check'));
