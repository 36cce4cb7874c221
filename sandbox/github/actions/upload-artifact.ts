// Stand-in for actions/upload-artifact: files of the workspace into the hub's artifacts of this run.
import { globSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { StandIn } from './stand-in.ts';

export const uploadArtifact: StandIn = {
  inputs: ['name', 'path', 'if-no-files-found', 'overwrite', 'retention-days', 'include-hidden-files'],
  run: async ({ inputs, workspace, hub, runId, log }) => {
    const name = inputs.name || 'artifact';
    if (!inputs.path) throw new Error('Input required and not supplied: path');
    const hidden = (path: string): boolean => /(^|\/)\.[^./]/.test(relative(workspace, path));
    const paths = filesOf(inputs.path, workspace).filter(
      (path) => inputs['include-hidden-files'] === 'true' || !hidden(path),
    );
    if (paths.length === 0) return nothing(inputs['if-no-files-found'] ?? 'warn', inputs.path, log);
    const root = commonFolder(paths);
    const files = new Map<string, Buffer>();
    for (const path of paths) files.set(relative(root, path), await readFile(path));
    const { id } = hub.artifacts.upload({ runId, name, files }, inputs.overwrite === 'true');
    log(`Artifact ${name} has ${files.size} files`);
    return { 'artifact-id': String(id) };
  },
};

const filesOf = (patterns: string, workspace: string): readonly string[] => {
  const lines = patterns
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const found = (pattern: string): readonly string[] =>
    globSync(pattern, { cwd: workspace })
      .map((path) => resolve(workspace, path))
      .flatMap((path) =>
        statSync(path).isDirectory()
          ? globSync('**/*', { cwd: path }).map((inside) => resolve(path, inside))
          : [path],
      )
      .filter((path) => statSync(path).isFile());
  const excluded = new Set(
    lines.filter((line) => line.startsWith('!')).flatMap((line) => found(line.slice(1))),
  );
  const all = new Set(lines.filter((line) => !line.startsWith('!')).flatMap(found));
  return [...all].filter((path) => !excluded.has(path)).sort();
};

/** Paths in the artifact begin below the folder that all files share. */
const commonFolder = (paths: readonly string[]): string =>
  paths.map(dirname).reduce((common, folder) => {
    let root = common;
    while (!`${folder}/`.startsWith(`${root}/`.replace('//', '/'))) root = dirname(root);
    return root;
  });

const nothing = (policy: string, path: string, log: (line: string) => void) => {
  const message = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
  if (policy === 'error') throw new Error(message);
  if (policy === 'warn') log(`WARNING: ${message}`);
  return {};
};
