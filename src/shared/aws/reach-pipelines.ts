// The services that a release through CodePipeline is followed in, down to the tasks that it deploys.
import type { Clients } from '../world-aws.ts';

export const clients: Clients = {
  codebuild: async (config) => (await import('./codebuild.ts')).openCodeBuild(config),
  codepipeline: async (config) => (await import('./codepipeline.ts')).openCodePipeline(config),
  ecs: async (config) => (await import('./ecs.ts')).openEcs(config),
  elb: async (config) => (await import('./elb.ts')).openElb(config),
  iam: async (config) => (await import('./iam.ts')).openIam(config),
  logs: async (config) => (await import('./logs.ts')).openLogs(config),
  sts: async (config) => (await import('./sts.ts')).openSts(config),
};
