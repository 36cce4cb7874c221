// The task never started because its EFS volume could not be mounted.
import type { Rule } from '../rule.ts';
import { roleIn, type Start, said } from './starting.ts';

const link = 'https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html';

const mounting = /EFS utils|EFS volume|mount\.nfs4|mounting volume failed/i;

const mounted = 'A new task of {service} gets beyond PENDING.';

const facts = ({ reason, facts: known }: Start) => ({
  volume: /\bfs-[0-9a-f]{8,40}/.exec(reason)?.[0] ?? known.fileSystem ?? '<fileSystem>',
  accessPoint: known.accessPoint ?? '<accessPoint>',
});

const seeTargets =
  '`aws efs describe-mount-targets --region {region} --file-system-id {volume} --query "MountTargets[].[AvailabilityZoneName,SubnetId,LifeCycleState,MountTargetId]" --output table`';

const letIn =
  'Let the tasks in: `aws ec2 authorize-security-group-ingress --region {region} --group-id <group of the mount target> --protocol tcp --port 2049 --source-group {taskGroup}`.';

export const mountRules: readonly Rule<Start>[] = [
  said({
    id: 'efs-access-denied',
    area: 'files',
    level: 'cause',
    lasts: 'settling',
    sure: 'likely',
    symptoms: [
      'mount.nfs4: access denied by server while mounting',
      "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
      'the access point does not exist',
    ],
    said: [/access denied by server/i, mounting],
    facts: (start) => ({ ...facts(start), role: roleIn(start) }),
    cause:
      "File system {volume} refuses the mount: access point {accessPoint} does not exist any more or is another file system's, or the file system's policy does not let the task's role in or demands TLS.",
    fix: [
      'Look for the access point: `aws efs describe-access-points --region {region} --file-system-id {volume} --query "AccessPoints[].[AccessPointId,LifeCycleState,RootDirectory.Path]" --output table`.',
      {
        tenant:
          'Where {accessPoint} is not there, run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: storage,task-definition,service`: it makes the access point anew on the same directory, so the files are there again.',
        application:
          'Where {accessPoint} is not there, correct accessPointId in the volume of task definition {family}, and deploy it.',
      },
      'Where it is there, see the policy: `aws efs describe-file-system-policy --region {region} --file-system-id {volume}`. Where the file system has one, the volume in task definition {family} needs `transitEncryption: ENABLED` and `authorizationConfig.iam: ENABLED`, and the policy must allow the task role `elasticfilesystem:ClientMount` and `elasticfilesystem:ClientWrite`.',
    ],
    verify: mounted,
    link,
  }),
  said({
    id: 'efs-directory-missing',
    area: 'files',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['failed, reason given by server: No such file or directory'],
    said: [/reason given by server: No such file or directory/i, mounting],
    facts,
    cause:
      'The directory of {volume} that is mounted does not exist: the one of access point {accessPoint}, where that was made without leave to create it, or else `rootDirectory` of the volume.',
    fix: [
      'See which directory, and whether CreationInfo lets it be made: `aws efs describe-access-points --region {region} --file-system-id {volume} --query "AccessPoints[].[AccessPointId,RootDirectory]"`.',
      {
        tenant:
          'An access point cannot be changed. Where {accessPoint} has no CreationInfo, delete it (no file goes with it): `aws efs delete-access-point --region {region} --access-point-id {accessPoint}`, and run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: storage,task-definition,service`, which makes one that creates its directory.',
        application:
          'An access point cannot be changed: make one that creates its directory (`aws efs create-access-point --region {region} --file-system-id {volume} --posix-user Uid=33,Gid=33 --root-directory "Path=<directory>,CreationInfo={OwnerUid=33,OwnerGid=33,Permissions=755}"`), and name it in task definition {family}; or correct rootDirectory there.',
      },
    ],
    verify: mounted,
    link,
  }),
  said({
    // A mount target made just now is reached after a minute or two.
    id: 'efs-no-mount-target',
    area: 'files',
    level: 'cause',
    lasts: 'settling',
    sure: 'likely',
    symptoms: [
      'Failed to resolve "fs-… .efs. … .amazonaws.com" - check that your file system ID is correct',
      'ensure that the VPC has an EFS mount target for this file system ID',
    ],
    said: [
      /Failed to resolve "?(fs-[0-9a-f]+)?|mount target.{0,60}(?:not found|cannot be found|does not exist)/i,
      mounting,
    ],
    facts,
    cause:
      "File system {volume} has no mount target that the task's subnet can use, or does not exist: its name is only known in zones that have one.",
    fix: [
      `See its mount targets: ${seeTargets}. Each availability zone of the service's subnets needs one that is available.`,
      'Add the missing one: `aws efs create-mount-target --region {region} --file-system-id {volume} --subnet-id <subnet> --security-groups <group that lets port 2049 in>`. It takes about two minutes.',
      'The VPC needs DNS: `aws ec2 describe-vpc-attribute --region {region} --vpc-id {vpc} --attribute enableDnsSupport`.',
    ],
    verify: mounted,
    link,
  }),
  said({
    id: 'efs-not-reached',
    area: 'files',
    level: 'cause',
    lasts: 'settling',
    sure: 'likely',
    symptoms: [
      'mount.nfs4: Connection timed out',
      'mount.nfs4: mount system call failed',
      'mount.nfs4: Connection refused',
    ],
    said: [
      /Connection timed out|timed? ?out|Connection refused|mount system call failed|context deadline/i,
      mounting,
    ],
    facts,
    cause:
      "The task does not reach {volume} at port 2049: the mount target's security group does not let the tasks' group in.",
    fix: [
      `Find the mount targets: ${seeTargets}, and the groups of one: \`aws efs describe-mount-target-security-groups --region {region} --mount-target-id <id>\`.`,
      letIn,
    ],
    verify: mounted,
    link,
  }),
  said({
    id: 'efs-mount-broke-off',
    area: 'files',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: [
      'mount.nfs4: Connection reset by peer',
      'failed to invoke EFS utils commands to set up EFS volumes',
    ],
    said: [/Connection reset by peer|mount\.nfs4: Resource temporarily unavailable/i, mounting],
    facts,
    cause:
      'The mount of {volume} broke off. Through TLS that is how it ends where a security group does not let the tasks reach port 2049; with a mount target made minutes ago it passes.',
    fix: [
      `Where a mount target was made just now, run the same action again in two minutes: ${seeTargets}`,
      letIn,
    ],
    verify: mounted,
    link: 'https://github.com/docker-archive/compose-cli/issues/1490',
  }),
  said({
    id: 'efs-not-mounted',
    area: 'files',
    level: 'symptom',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: [
      'failed to invoke EFS utils commands to set up EFS volumes',
      'unsuccessful EFS utils command execution; code: 32',
    ],
    said: [mounting],
    facts,
    cause: 'The EFS volume {volume} could not be mounted.',
    fix: [
      `Look at its mount targets, one for each zone of the service's subnets: ${seeTargets}`,
      "and at its access points: `aws efs describe-access-points --region {region} --file-system-id {volume}`. Port 2049 must be open from the tasks' security group to the mount targets'.",
    ],
    verify: mounted,
    link,
  }),
  said({
    id: 'volume-owner-not-set',
    area: 'files',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['CannotCreateContainerError', 'failed to chown', 'lchown … operation not permitted'],
    said: [/chown/i, /operation not permitted/i, /CannotCreate|CannotStart|copy file info/i],
    facts,
    cause:
      "The image's folder that {volume} is mounted over has another owner than the access point, and through an access point nobody may change an owner.",
    fix: [
      {
        tenant:
          "Give the access point the image's owner: `storage: { uid: 33, gid: 33 }` in {manifest} (wordpress:*-apache and -fpm; 82 and 82 for -alpine). An access point cannot be changed, so delete the one that is there (no file goes with it): `aws efs delete-access-point --region {region} --access-point-id {accessPoint}`. Then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, which makes it anew on the same directory.",
        application:
          "Give the access point the image's owner: an access point cannot be changed, so make another one on the same directory (`aws efs create-access-point --region {region} --file-system-id {volume} --posix-user Uid=33,Gid=33 --root-directory Path=<its directory>`), and name it in task definition {family}.",
      },
      "Or set the folder's owner in the image: `RUN chown -R 33:33 /var/www/html/wp-content`.",
    ],
    verify:
      '`aws efs describe-access-points --region {region} --file-system-id {volume} --query "AccessPoints[].PosixUser"` shows that owner.',
    link: 'https://github.com/aws/amazon-ecs-agent/issues/4702',
  }),
];
