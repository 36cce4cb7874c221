// Mounting a task's file systems: a mount target in the task's subnet, its security groups, the access point.
import type { EFSVolumeConfiguration } from '@aws-sdk/client-ecs';
import type { ResourceRequest } from './resource-request.ts';

const nfsPort = 2049;

const unable =
  'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ';

const noMountTarget = (fileSystem: string, region: string): string =>
  `${unable}Failed to resolve "${fileSystem}.efs.${region}.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. See https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail. Attempting to lookup mount target ip address using botocore. Failed to import necessary dependency botocore, please install botocore first. : unsuccessful EFS utils command execution; code: 1`;

/** With TLS the mount talks to a proxy of the task's own, whose connection breaks. */
const closed = ({ transitEncryption }: EFSVolumeConfiguration): string => {
  const why = transitEncryption === 'ENABLED' ? 'Connection reset by peer' : 'Connection timed out';
  return `${unable}b'mount.nfs4: ${why}' : unsuccessful EFS utils command execution; code: 32`;
};

/** An access point that is not there is no more than refused. */
const noAccess = `${unable}b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32`;

export type Unmounted = { readonly kind: 'refused' | 'unreachable'; readonly reason: string };

/** Why the first volume that cannot be mounted cannot; undefined where all can. */
export const fileSystemProblem = ({
  definition: { volumes = [] },
  neighbours: { ec2, efs },
  task: { network },
  cloud: { region },
}: ResourceRequest): Unmounted | undefined => {
  for (const { efsVolumeConfiguration: volume } of volumes) {
    if (!volume) continue;
    const { fileSystemId = '', authorizationConfig } = volume;
    const groups = efs.mountTargetGroups(fileSystemId, network.subnet);
    if (!groups) return { kind: 'refused', reason: noMountTarget(fileSystemId, region) };
    const knock = { groups: network.securityGroups, subnet: network.subnet, port: nfsPort };
    if (!ec2.admits(groups, knock)) return { kind: 'unreachable', reason: closed(volume) };
    const id = authorizationConfig?.accessPointId;
    if (id === undefined) continue;
    const found = efs.accessPoint(id);
    if (found?.state !== 'available' || found.fileSystemId !== fileSystemId)
      return { kind: 'refused', reason: noAccess };
  }
  return undefined;
};
