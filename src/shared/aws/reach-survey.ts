// The services that a plan looks into: a tenant's, without its logs.
import type { Clients } from '../world-aws.ts';

export const clients: Clients = {
  ecs: async (config) => (await import('./ecs.ts')).openEcs(config),
  efs: async (config) => (await import('./efs.ts')).openEfs(config),
  elb: async (config) => (await import('./elb.ts')).openElb(config),
  iam: async (config) => (await import('./iam.ts')).openIam(config),
  secrets: async (config) => (await import('./secrets.ts')).openSecrets(config),
  sts: async (config) => (await import('./sts.ts')).openSts(config),
};
