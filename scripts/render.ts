// `npm run render -- --environment sit --tenant goldencrust` prints the effective manifest of one tenant, each value
// with the file and line it came from. `--fleet` names the folder of the manifests.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../src/shared/errors.ts';
import { isManifest } from '../src/shared/fleet/folder.ts';
import type { File } from '../src/shared/fleet/reader.ts';
import { renderTenant } from '../src/shared/fleet/render.ts';

const usage = 'npm run render -- --environment <name> --tenant <name> [--fleet <folder>]';

const main = async (): Promise<void> => {
  const { environment, tenant, fleet } = given();
  if (!environment || !tenant)
    throw new UserError([{ what: 'An environment and a tenant are needed.', fix: usage }]);
  process.stdout.write(renderTenant(await filesIn(fleet), { environment, tenant }));
};

const given = () => {
  try {
    return parseArgs({
      options: {
        environment: { type: 'string', default: '' },
        tenant: { type: 'string', default: '' },
        fleet: { type: 'string', default: 'examples/wpsit' },
      },
    }).values;
  } catch (error) {
    throw new UserError([{ what: String((error as Error).message), fix: usage }]);
  }
};

const filesIn = async (folder: string): Promise<readonly File[]> => {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const paths = names.filter(isManifest).sort();
  if (!paths.length)
    throw new UserError([
      { what: `The folder ${folder} holds no manifests.`, fix: 'Name the folder of the fleet with --fleet.' },
    ]);
  return Promise.all(
    paths.map(async (name) => {
      const path = join(folder, name);
      return { path, text: await readFile(path, 'utf8') };
    }),
  );
};

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
