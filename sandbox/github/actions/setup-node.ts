// Stand-in for actions/setup-node: the machine has a Node already.
import type { StandIn } from './stand-in.ts';

export const setupNode: StandIn = {
  inputs: ['node-version', 'node-version-file', 'cache', 'package-manager-cache'],
  run: async ({ inputs, log }) => {
    log(
      `Node ${process.versions.node} serves for ${inputs['node-version'] ?? inputs['node-version-file'] ?? 'any version'}`,
    );
    return { 'node-version': `v${process.versions.node}`, 'cache-hit': 'false' };
  },
};
