// `npm run docs`: everything in the repository that is made of something else in it, besides dist: the tables of READMEs and
// pages, docs/troubleshooting.md, the JSON Schemas, the policies in infra/. `-- --check` writes nothing and fails where something is stale.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const failed = ['docs.ts', 'schemas.ts', 'infra.ts', 'troubleshooting.ts'].filter((script) => {
  const args = [join(import.meta.dirname, script), ...process.argv.slice(2)];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0;
});
if (failed.length) process.exitCode = 1;
