// The services that ECS services are redeployed in.
import type { Clients } from '../world-aws.ts';

export const clients: Clients = {
  ecs: async (config) => (await import('./ecs.ts')).openEcs(config),
  elb: async (config) => (await import('./elb.ts')).openElb(config),
  iam: async (config) => (await import('./iam.ts')).openIam(config),
  logs: async (config) => (await import('./logs.ts')).openLogs(config),
  sts: async (config) => (await import('./sts.ts')).openSts(config),
};
