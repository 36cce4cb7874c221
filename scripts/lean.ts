// What the bundles leave out of what they are made of, where leaving it out changes nothing that an action does.
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@swc/core';

/** Those whose models name many more errors than any action asks for by name. */
const clients = ['client-efs', 'client-elastic-load-balancing-v2', 'client-rds'];
const schemas = 'dist-es/schemas/schemas_0.js';
const registered = /registerError\((\w+)\$, \w+\)/;

/**
 * A client registers every error of its service, with all that it holds: 70 KB for RDS's one call. An error that is not
 * registered is thrown all the same, by the code that AWS sends; so only those that our sources name are kept.
 */
export const leanClients = (work: string, root: string): void => {
  const sources = globSync('{src,actions}/**/*.js', { cwd: work })
    .map((file) => readFileSync(join(work, file), 'utf8'))
    .join('\n');
  for (const client of clients) leanClient(join('node_modules/@aws-sdk', client), { work, root, sources });
};

type Places = { readonly work: string; readonly root: string; readonly sources: string };

const leanClient = (client: string, { work, root, sources }: Places): void => {
  const to = join(work, client);
  mkdirSync(to, { recursive: true });
  for (const part of ['package.json', 'LICENSE', 'dist-es'])
    cpSync(join(root, client, part), join(to, part), { recursive: true });
  const lines = readFileSync(join(to, schemas), 'utf8').split('\n');
  const lean = lines.filter((line) => {
    const name = registered.exec(line)?.[1];
    return name === undefined || /ServiceException$/.test(name) || sources.includes(name);
  });
  if (lean.length === lines.length)
    throw new Error(`${client} registers its errors in another way now: see scripts/lean.ts`);
  writeFileSync(join(to, schemas), lean.join('\n'));
};

/** What people search docs/troubleshooting.md for is read by that page and by tests, never by an action. */
export const leanRules = async (work: string): Promise<void> => {
  for (const file of globSync('src/shared/diagnose/rules/*.js', { cwd: work })) {
    const path = join(work, file);
    writeFileSync(path, await withoutSymptoms(readFileSync(path, 'utf8')));
  }
};

type Node = { readonly span?: { readonly start: number; readonly end: number } };
type Property = Node & {
  readonly type?: string;
  readonly key?: { readonly value?: unknown };
  readonly value?: Node;
};

const withoutSymptoms = async (code: string): Promise<string> => {
  const source = Buffer.from(code);
  const tree = await parse(code, { syntax: 'ecmascript', target: 'es2022' });
  const cuts = symptomsIn(tree).flatMap(({ value }) => value?.span ?? []);
  let text = '';
  let at = 0;
  for (const { start, end } of cuts.toSorted((a, b) => a.start - b.start)) {
    text += `${source.subarray(at, start - 1)}[]`;
    at = end - 1;
  }
  return text + source.subarray(at).toString();
};

const symptomsIn = (node: unknown): readonly Property[] => {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(symptomsIn);
  const property: Property = node;
  const isSymptoms = property.type === 'KeyValueProperty' && property.key?.value === 'symptoms';
  return isSymptoms ? [property] : Object.values(node).flatMap(symptomsIn);
};
