// The services that health is seen in, and the checks of a database.
import type { Clients } from '../world-aws.ts';

export const clients: Clients = {
  ec2: async (config) => (await import('./ec2.ts')).openEc2(config),
  ecs: async (config) => (await import('./ecs.ts')).openEcs(config),
  efs: async (config) => (await import('./efs.ts')).openEfs(config),
  elb: async (config) => (await import('./elb.ts')).openElb(config),
  iam: async (config) => (await import('./iam.ts')).openIam(config),
  logs: async (config) => (await import('./logs.ts')).openLogs(config),
  rds: async (config) => (await import('./rds.ts')).openRds(config),
  secrets: async (config) => (await import('./secrets.ts')).openSecrets(config),
  sts: async (config) => (await import('./sts.ts')).openSts(config),
};
