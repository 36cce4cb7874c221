// Stand-in for actions/download-artifact: a run's artifacts out of the hub into the workspace.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Artifact } from '../hub/types.ts';
import { matchesPatterns } from '../workflow/patterns.ts';
import type { StandIn } from './stand-in.ts';

export const downloadArtifact: StandIn = {
  inputs: ['name', 'pattern', 'merge-multiple', 'path', 'run-id', 'github-token', 'repository'],
  run: async ({ inputs, workspace, hub, runId, log }) => {
    const from = Number(inputs['run-id'] || runId);
    // Another run's artifacts are asked for over the API, with a token.
    if (from !== runId && !inputs['github-token'])
      throw new Error('Input required and not supplied: github-token, which run-id needs');
    const found = wanted(hub.artifacts.list(from), inputs);
    const target = resolve(workspace, inputs.path || '.');
    for (const { name, files } of found) {
      const apart = !inputs.name && inputs['merge-multiple'] !== 'true';
      for (const [path, content] of files) {
        const file = join(target, apart ? name : '', path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      log(`Artifact ${name} has ${files.size} files`);
    }
    return { 'download-path': target };
  },
};

const wanted = (
  all: readonly Artifact[],
  { name, pattern }: Readonly<Record<string, string>>,
): readonly Artifact[] => {
  if (name) {
    const found = all.filter((artifact) => artifact.name === name);
    if (found.length === 0)
      throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`);
    return found;
  }
  return pattern ? all.filter((artifact) => matchesPatterns([pattern], artifact.name)) : all;
};
