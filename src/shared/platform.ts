// Names of an environment resolved to what AWS calls them, once per run.
import { Failed } from './errors.ts';
import type { Environment } from './fleet/types.ts';
import type { Aws } from './world.ts';

export type Platform = {
  readonly vpcId: string;
  readonly listenerArn: string;
  /** Public name of the load balancer. */
  readonly loadBalancerDns: string;
};

/** Looks up the load balancer by name and its listener by port. Throws Failed naming what there is instead. */
export const resolvePlatform = async (environment: Environment, aws: Pick<Aws, 'elb'>): Promise<Platform> => {
  const { name, listenerPort } = environment.loadBalancer;
  const balancer = await findLoadBalancer(aws, name);
  const listeners = [];
  for await (const page of aws.elb.paginateDescribeListeners({ LoadBalancerArn: balancer.LoadBalancerArn }))
    listeners.push(...(page.Listeners ?? []));
  const listener = listeners.find(({ Port }) => Port === listenerPort);
  if (!listener?.ListenerArn)
    throw new Failed(
      `Load balancer ${name} has no listener on port ${listenerPort}; it listens on ${listeners.map(({ Port }) => Port).join(', ') || 'nothing'}.`,
      `Correct loadBalancer.listenerPort in environments/${environment.name}.yml, or add the listener.`,
    );
  return {
    vpcId: balancer.VpcId ?? '',
    listenerArn: listener.ListenerArn,
    loadBalancerDns: balancer.DNSName ?? '',
  };
};

const findLoadBalancer = async (aws: Pick<Aws, 'elb'>, name: string) => {
  try {
    const { LoadBalancers } = await aws.elb.describeLoadBalancers({ Names: [name] });
    const balancer = LoadBalancers?.[0];
    if (balancer) return balancer;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'LoadBalancerNotFoundException') throw error;
  }
  throw new Failed(
    `There is no load balancer named ${name} in this account and region.`,
    'Correct loadBalancer.name in the environment manifest.',
  );
};

/** The id of the file system that the environment names; no call where it gives the id. Throws Failed. */
export const resolveFileSystem = async (
  { name, fileSystem }: Environment,
  aws: Pick<Aws, 'efs'>,
): Promise<string> => {
  if (fileSystem.startsWith('fs-')) return fileSystem;
  const found: string[] = [];
  for await (const page of aws.efs.paginateDescribeFileSystems({}))
    for (const { Name, FileSystemId } of page.FileSystems ?? [])
      if (Name === fileSystem && FileSystemId) found.push(FileSystemId);
  if (found[0] && found.length === 1) return found[0];
  throw new Failed(
    found.length
      ? `${found.length} file systems are named ${fileSystem}: ${found.join(', ')}.`
      : `There is no file system named ${fileSystem} in this account and region.`,
    `Write the id (fs-…) as fileSystem in environments/${name}.yml.`,
  );
};
