// Files: what the container may not read or write on EFS, and what the image does not hold.
import type { Evidence } from '../evidence.ts';
import type { Facts, Rule } from '../rule.ts';
import { inLog, onlyOver, whereSiteFails } from './sight.ts';
import { listFolder, redeploy } from './site-steps.ts';

const certain = { area: 'files', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const efsLink = 'https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html';

const owner =
  'The access point must give the numbers of the user that the web server runs as, and a mode that lets it write: in {manifest} `storage: { uid: 33, gid: 33, permissions: "0755" }` for the official image (82 and 82 for its variants of Alpine); it says {uid} and {gid} now. Then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, which replaces an access point that differs.';
const repair =
  'What lies there already keeps its owner: give it the numbers of the manifest, from a host that mounts the whole file system {fileSystem}: `sudo mount -t efs {fileSystem}:/ /mnt && sudo chown -R {uid}:{gid} /mnt{storagePath} && sudo chmod -R u+rwX,go+rX /mnt{storagePath}`.';

/** As the examples mount it. */
const usualPath = '/var/www/html/wp-content';

const mountPathOf = ({ definition }: Evidence): string | undefined =>
  definition?.containers.flatMap(({ mounts }) => mounts)[0]?.path;

/** Files, with the folder that the content is mounted at. */
const inContent =
  (pattern: RegExp): Rule<Evidence>['sees'] =>
  (evidence) => {
    const mountPath = mountPathOf(evidence);
    const path: Facts = mountPath === undefined ? {} : { mountPath };
    return inLog(pattern, ([, ...files]) => ({ file: files.find(Boolean) ?? 'its files', ...path }))(
      evidence,
    );
  };

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** In a pattern: a path below the mounted folder; tar and cp may name it from the folder above. */
const below = (mountPath: string): string => {
  const name = mountPath.split('/').at(-1) ?? '';
  return String.raw`(?:${literally(mountPath)}|(?<![\w/.])(?:\.\/)?${literally(name)})(?![\w.-])`;
};

/** An error elsewhere is not the file system's. */
const refusedByPrograms = (content: string): RegExp =>
  new RegExp(
    String.raw`\b(?:tar|cp|mkdir|chown|install|mv|rsync|touch): (.{0,400}?${content}.{0,400}?)(?:: Cannot [\w ,]{1,60})?: (?:Permission denied|Operation not permitted)`,
  );

const refusedByPhp = (content: string): RegExp =>
  new RegExp(
    String.raw`\b(?:file_put_contents|mkdir|touch|copy|rename|move_uploaded_file)\(([^)]{0,300}?${content}[^)]{0,300})\).{0,80}?Permission denied`,
  );

/** An entrypoint that may not write ends; a plugin that may not write its cache need not. */
const seeNotWritable: Rule<Evidence>['sees'] = (evidence) => {
  const content = below(mountPathOf(evidence) ?? usualPath);
  return (
    inContent(refusedByPrograms(content))(evidence) ??
    whereSiteFails(inContent(refusedByPhp(content)))(evidence)
  );
};

export const filesRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'files-stale',
    symptoms: ['Stale file handle', 'ESTALE'],
    sees: inContent(/Stale (?:NFS )?file handle/),
    cause:
      'The folder of {tenant} on file system {fileSystem} was deleted or replaced while tasks had it mounted.',
    fix: [
      'New tasks mount the folder that is there now: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.',
      'If it was deleted by mistake, restore it first: `aws backup list-recovery-points-by-resource --region {region} --resource-arn arn:aws:elasticfilesystem:{region}:{account}:file-system/{fileSystem}`.',
    ],
    verify: listFolder,
    link: efsLink,
  },
  {
    ...certain,
    id: 'files-not-writable',
    symptoms: [
      'tar: ./wp-content/themes: Cannot mkdir: Permission denied',
      'tar: ./wp-content/…: Cannot change ownership to uid 33, gid 33: Operation not permitted',
      "cp: cannot create regular file '…': Permission denied",
      "chown: changing ownership of '…': Operation not permitted",
      'Unable to create directory wp-content/uploads/…. Is its parent directory writable by the server?',
    ],
    sees: onlyOver(seeNotWritable),
    cause:
      'The container may not write to {mountPath} on file system {fileSystem}: the folder or its access point belongs to another user than the one that WordPress runs as.',
    fix: [
      owner,
      repair,
      'With a task role, that role may need `elasticfilesystem:ClientWrite` on the file system.',
    ],
    verify: `The owner is 33 33: ${listFolder}`,
    link: efsLink,
  },
  {
    ...certain,
    id: 'files-not-readable',
    symptoms: [
      'AH00035: access to / denied … because search permissions are missing on a component of the path',
      'AH00529: /var/www/html/.htaccess pcfg_openfile: unable to check htaccess file, ensure it is readable',
      'Failed to open stream: Permission denied',
      'PHP Fatal error: Uncaught Error: Failed opening required',
      "You don't have permission to access this resource.",
    ],
    sees: onlyOver(
      inContent(
        /AH00035: access to .{1,300} denied \(filesystem path '([^']{1,300})'\)|(?:include|include_once|require|require_once|fopen|file_get_contents|scandir|opendir|is_dir)\(([^)]{1,300})\):? .{0,80}Permission denied|AH00529: (.{1,300}?) pcfg_openfile: unable to check htaccess file|Unknown: Failed to open stream: Permission denied|AH00132: file permissions deny server access/,
      ),
    ),
    cause:
      'WordPress may not read {file}: it, or a folder above it, belongs to another user, or its mode shuts www-data (33) out. Below {mountPath} that is file system {fileSystem}, anywhere else it is image {image}.',
    fix: [
      `Below {mountPath}: ${owner}`,
      repair,
      'Anywhere else, correct it in the image: `RUN chmod -R u+rwX,go+rX /var/www/html`, and release it.',
    ],
    verify: `Owner and mode let 33 33 read: ${listFolder}`,
    link: efsLink,
  },
  {
    ...certain,
    id: 'files-empty-docroot',
    symptoms: [
      'AH01276: Cannot serve directory /var/www/html/: No matching DirectoryIndex (index.php,index.html) found',
      "Forbidden — You don't have permission to access this resource.",
      'Health checks failed with these codes: [403]',
    ],
    sees: onlyOver(
      inLog(
        /AH01276: Cannot serve directory (\/[^\s:]{0,300}?):? No matching DirectoryIndex/,
        ([, file = '']) => ({ file }),
      ),
    ),
    cause:
      'The folder {file} that the web server serves has no index.php: image {image} holds WordPress elsewhere, or a volume is mounted over it and hides it.',
    fix: [
      'Mount the content only: in {manifest} `storage: { mountPath: /var/www/html/wp-content }`, not /var/www/html.',
      'In an image of your own, leave `ENTRYPOINT` and `CMD` as they are in the official image (`docker-entrypoint.sh apache2-foreground`): it copies WordPress to where it is served; or `COPY` it there. See: `docker run --rm {image} ls -la /var/www/html`.',
      redeploy,
    ],
    verify: '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints 200 or 302.',
    link: 'https://hub.docker.com/_/wordpress',
  },
];
