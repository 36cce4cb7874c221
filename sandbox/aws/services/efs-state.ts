// What EFS keeps: file systems of the platform, access points that come and go in their own time, directories that stay.
import { AwsError, type Cloud, createStore } from '../cloud.ts';

export type Tag = { readonly Key: string; readonly Value: string };
export type CreationInfo = {
  readonly OwnerUid: number;
  readonly OwnerGid: number;
  readonly Permissions: string;
};

export type FileSystem = {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  readonly mountTargets: readonly MountTarget[];
};
export type MountTarget = {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly securityGroups: readonly string[];
};

export type AccessPoint = {
  readonly id: string;
  readonly token: string;
  readonly fileSystemId: string;
  readonly tags: readonly Tag[];
  readonly posixUser: { readonly Uid: number; readonly Gid: number } | undefined;
  readonly root: { readonly Path: string; readonly CreationInfo?: CreationInfo };
  readonly availableAt: number;
  readonly goneAt: number | undefined;
};

/** How long an access point is `creating`, and `deleting`. */
export const transitionMs = 2_000;

export const refuse = (code: string, message: string, members: object = {}): AwsError =>
  new AwsError(code, message, { ErrorCode: code, ...members });

export const idOf = (idOrArn: string): string => idOrArn.split('/').at(-1) ?? idOrArn;

export const createState = (cloud: Cloud) => {
  const fileSystems = new Map<string, FileSystem>();
  const accessPoints = createStore<AccessPoint>(cloud.clock, cloud.settings.readLagMs);
  const directories = new Set<string>();
  const now = (): number => cloud.clock.now();
  const exists = (point: AccessPoint | undefined): point is AccessPoint =>
    point !== undefined && (point.goneAt === undefined || point.goneAt > now());
  const stateOf = (point: AccessPoint): string => {
    if (point.goneAt !== undefined) return 'deleting';
    return point.availableAt <= now() ? 'available' : 'creating';
  };
  const needFileSystem = (idOrArn: string): FileSystem => {
    const found = fileSystems.get(idOf(idOrArn));
    if (!found) throw refuse('FileSystemNotFound', `File system '${idOf(idOrArn)}' does not exist.`);
    return found;
  };
  const needAccessPoint = (idOrArn: string): AccessPoint => {
    const found = accessPoints.get(idOf(idOrArn));
    if (!exists(found))
      throw refuse('AccessPointNotFound', `Access point '${idOf(idOrArn)}' does not exist.`);
    return found;
  };
  return { cloud, fileSystems, accessPoints, directories, exists, stateOf, needFileSystem, needAccessPoint };
};

export type State = ReturnType<typeof createState>;
