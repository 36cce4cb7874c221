// EFS's mount targets: one per subnet, each behind security groups of its own.
import { refuse, type State } from './efs-state.ts';
import { optional, pageOf } from './pages.ts';

export type DescribeMountTargetsInput = {
  readonly FileSystemId?: string;
  readonly MountTargetId?: string;
  readonly AccessPointId?: string;
  readonly MaxItems?: number;
  readonly Marker?: string;
};

const noTarget = (id: string | undefined) =>
  refuse('MountTargetNotFound', `Mount target '${id}' does not exist.`);

export const describeMountTargets = (state: State, input: DescribeMountTargetsInput): object => {
  const { FileSystemId, MountTargetId, AccessPointId } = input;
  if ([FileSystemId, MountTargetId, AccessPointId].filter((id) => id !== undefined).length !== 1)
    throw refuse('BadRequest', 'You must specify exactly one of FileSystemId, MountTargetId, AccessPointId.');
  const wanted = AccessPointId ? state.needAccessPoint(AccessPointId).fileSystemId : FileSystemId;
  const fileSystems = wanted ? [state.needFileSystem(wanted)] : [...state.fileSystems.values()];
  const targets = fileSystems
    .flatMap(({ id, mountTargets }) => mountTargets.map((target) => ({ ...target, fileSystemId: id })))
    .filter(({ id }) => !MountTargetId || id === MountTargetId);
  if (MountTargetId && targets.length === 0) throw noTarget(MountTargetId);
  const { items, next } = pageOf(
    targets,
    {
      scope: ['DescribeMountTargets', FileSystemId, MountTargetId, AccessPointId],
      token: input.Marker,
      limit: input.MaxItems,
      most: 100,
      invalid: refuse('BadRequest', 'Marker is invalid.'),
    },
    state.cloud.settings,
  );
  const MountTargets = items.map(({ id, subnetId, vpcId, fileSystemId }) => ({
    OwnerId: state.cloud.accountId,
    MountTargetId: id,
    FileSystemId: fileSystemId,
    SubnetId: subnetId,
    VpcId: vpcId,
    LifeCycleState: 'available',
  }));
  return { MountTargets, ...optional('NextMarker', next) };
};

export const describeMountTargetSecurityGroups = (
  { fileSystems }: State,
  { MountTargetId }: { readonly MountTargetId?: string },
): object => {
  const all = [...fileSystems.values()].flatMap(({ mountTargets }) => mountTargets);
  const found = all.find(({ id }) => id === MountTargetId);
  if (!found) throw noTarget(MountTargetId);
  return { SecurityGroups: [...found.securityGroups] };
};

/** Throws where there is none. */
export const removeMountTarget = ({ fileSystems }: State, fileSystemId: string, subnet: string): void => {
  const found = fileSystems.get(fileSystemId);
  if (!found?.mountTargets.some(({ subnetId }) => subnetId === subnet))
    throw new Error(`File system ${fileSystemId} has no mount target in ${subnet}.`);
  const mountTargets = found.mountTargets.filter(({ subnetId }) => subnetId !== subnet);
  fileSystems.set(fileSystemId, { ...found, mountTargets });
};
