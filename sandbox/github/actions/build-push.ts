// Stand-in for docker/build-push-action: builds nothing, but refuses what docker would before it builds (no Dockerfile, no
// login, no builder that exports caches), and pushes an image whose contents are the build context's files.
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { builder, loginOf, type Registry } from './registry.ts';
import type { StandIn, StandInCall } from './stand-in.ts';

export const buildPush: StandIn = {
  inputs: ['context', 'file', 'platforms', 'push', 'tags', 'labels', 'cache-from', 'cache-to'],
  run: async (call) => {
    const { inputs, registry, log } = call;
    if (!registry) throw new Error('ERROR: Cannot connect to the Docker daemon: this run has no registry');
    const contents = contentsOf(call);
    for (const line of linesOf(inputs['cache-from'])) await readCache(call, registry, line);
    const digest = inputs.push === 'true' ? await push(call, registry, contents) : digestOf(contents);
    for (const line of linesOf(inputs['cache-to'])) await writeCache(call, registry, { line, contents });
    log('Stand-in: no layer was built; the image is its context');
    return { imageid: digest, digest, metadata: JSON.stringify({ 'containerimage.digest': digest }) };
  },
};

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const linesOf = (text = ''): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const contentsOf = ({ inputs, workspace }: StandInCall): string => {
  const context = resolve(workspace, inputs.context || '.');
  const dockerfile = inputs.file ? resolve(workspace, inputs.file) : join(context, 'Dockerfile');
  const files = globSync('**/*', { cwd: context, exclude: ['.git'] })
    .filter((path) => statSync(join(context, path)).isFile())
    .sort();
  const text = read(dockerfile);
  if (text === undefined)
    throw new Error(
      'ERROR: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
    );
  const hashes = files.map((path) => `${path} ${digestOf(readFileSync(join(context, path), 'latin1'))}`);
  return [text, inputs.platforms, inputs.labels, ...hashes].join('\n');
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

type Reference = { readonly host: string; readonly repository: string; readonly tag: string };

const referenceOf = (text: string): Reference => {
  const [, host, repository, tag = 'latest'] =
    /^([a-z0-9.-]+\.[a-z0-9.-]+(?::\d+)?)\/([a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?$/.exec(
      text,
    ) ?? [];
  if (host && repository) return { host, repository, tag };
  throw new Error(`ERROR: failed to build: invalid tag "${text}": invalid reference format`);
};

const push = async (call: StandInCall, registry: Registry, contents: string): Promise<string> => {
  const references = linesOf(call.inputs.tags).map(referenceOf);
  const [first] = references;
  if (!first) throw new Error('ERROR: failed to build: tag is needed when pushing to registry');
  let digest = '';
  for (const [name, those] of Map.groupBy(references, ({ host, repository }) => `${host}/${repository}`)) {
    const { host, repository } = those[0] ?? first;
    const tags = those.map(({ tag }) => tag);
    digest = registry.push({ host, repository, tags, contents, login: await loginOf(call.env, host) });
    call.log(`pushing manifest for ${name}:${tags.join(`, ${name}:`)}@${digest}`);
  }
  return digest;
};

type CacheOptions = Readonly<Record<string, string>>;

const cacheOptions = (line: string): CacheOptions =>
  Object.fromEntries(
    line.split(',').map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]),
  );

const registryCache = (line: string): { readonly options: CacheOptions; readonly reference: Reference } => {
  const options = cacheOptions(line);
  if (options.type !== 'registry')
    throw new Error(`This stand-in knows caches of type registry only, not ${line}`);
  return { options, reference: referenceOf(options.ref ?? '') };
};

const readCache = async ({ env, log }: StandInCall, registry: Registry, line: string): Promise<void> => {
  const { reference } = registryCache(line);
  await loginOf(env, reference.host);
  const name = `${reference.host}/${reference.repository}:${reference.tag}`;
  // What is not there is no error for docker.
  log(registry.has(reference) ? `importing cache manifest from ${name}` : `WARNING: ${name}: not found`);
};

type Cache = { readonly line: string; readonly contents: string };

const writeCache = async (
  call: StandInCall,
  registry: Registry,
  { line, contents }: Cache,
): Promise<void> => {
  const { options, reference } = registryCache(line);
  if ((await builder(call.env)) === 'docker')
    throw new Error('ERROR: failed to build: Cache export is not supported for the docker driver.');
  const { host, repository, tag } = reference;
  try {
    const login = await loginOf(call.env, host);
    registry.push({ host, repository, tags: [tag], contents: `cache of ${contents}, ${line}`, login });
    call.log(`exporting cache to registry ${host}/${repository}:${tag}, mode ${options.mode ?? 'min'}`);
  } catch (error) {
    if (options['ignore-error'] !== 'true') throw error;
    call.log(
      `WARNING: the cache was not exported: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};
