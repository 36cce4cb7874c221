// What users download.
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Row, unmeasured } from './measure.ts';
import { root } from './steps.ts';

export const measureSizes = (): readonly Row[] => [...distRows(), archiveRow()];

const rowOf = (what: string, bytes: number, limit: number): Row => ({
  what,
  measured: `${(bytes / 1e6).toFixed(2)} MB`,
  samples: '1 (a size)',
  budget: `≤ ${limit} MB`,
  met: bytes <= limit * 1e6 ? 'yes' : 'no',
});

const distRows = (): readonly Row[] =>
  globSync('actions/*/dist', { cwd: root })
    .sort()
    .map((dist) => {
      const files = globSync(`${dist}/*`, { cwd: root });
      const bytes = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
      return rowOf(`dist of ${basename(dirname(dist))}`, bytes, 1.2);
    });

const archiveRow = (): Row => {
  const what = 'What a runner downloads for one `uses:` (`git archive HEAD`, gzipped)';
  const { status, stdout } = spawnSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 });
  if (status !== 0) return unmeasured(what, 'not a git checkout', '≤ 2.5 MB');
  return rowOf(what, gzipSync(stdout, { level: 9 }).length, 2.5);
};
