// hashFiles(): one SHA-256 over those of all files of the workspace that match, as the runner computes it.
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Empty where nothing matches. */
export const hashFiles = (workspace: string, patterns: readonly string[]): string => {
  const files = [...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: workspace })))]
    .filter((file) => statSync(join(workspace, file)).isFile())
    .sort();
  if (files.length === 0) return '';
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(workspace, file)))
        .digest(),
    );
  return hash.digest('hex');
};
