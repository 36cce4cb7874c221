// `npm run docs` writes schemas/*.json from the zod schemas; `--check` writes nothing and fails where they differ.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaNames, schemaText } from './schemas/generate.ts';

const folder = join(import.meta.dirname, '..', 'schemas');
const check = process.argv.includes('--check');

const written = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

mkdirSync(folder, { recursive: true });
for (const name of schemaNames) {
  const path = join(folder, `${name}.json`);
  const text = schemaText(name);
  if (written(path) === text) continue;
  if (!check) writeFileSync(path, text);
  else {
    console.error(`schemas/${name}.json: is not what the manifests' schemas say. Run: npm run docs`);
    process.exitCode = 1;
  }
}
