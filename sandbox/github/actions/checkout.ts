// Stand-in for actions/checkout: a clone of a local repository at a commit, or a copy of a plain folder.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneAt, commitOf, hasHistory, layOut } from '../workflow/repositories.ts';
import type { StandIn } from './stand-in.ts';

export const checkout: StandIn = {
  inputs: ['ref', 'fetch-depth', 'path', 'persist-credentials', 'repository', 'token'],
  run: async ({ inputs, workspace, hub, repository, repositories, log }) => {
    const own = `${hub.repository.owner}/${hub.repository.name}`;
    const name = inputs.repository || own;
    const folder = name === own ? repository.folder : repositories[name];
    if (folder === undefined)
      throw new Error(
        `Not Found: no folder stands for the repository ${name}, which actions/checkout asks for`,
      );
    const sha = name === own && !inputs.ref ? repository.sha : commitOf(folder, inputs.ref || 'HEAD');
    const target = join(workspace, inputs.path ?? '');
    await mkdir(target, { recursive: true });
    log(`Checking out ${name} at ${sha}`);
    const depth = Number(inputs['fetch-depth'] ?? '1');
    if (hasHistory(folder)) cloneAt(folder, sha, { target, depth });
    else await layOut(folder, sha, target);
    return { ref: inputs.ref ?? repository.ref, commit: sha };
  },
};
