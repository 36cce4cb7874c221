// Stand-in for docker/setup-buildx-action: notes that the job has a builder that can export caches.
import { setBuilder } from './registry.ts';
import type { StandIn } from './stand-in.ts';

export const setupBuildx: StandIn = {
  inputs: ['driver', 'cache-binary'],
  run: async ({ inputs, env, log }) => {
    const driver = inputs.driver || 'docker-container';
    await setBuilder(env, driver);
    log(`Stand-in: a builder with driver ${driver}; nothing was downloaded or started`);
    return { name: 'builder-sandbox', driver, platforms: 'linux/amd64' };
  },
};
