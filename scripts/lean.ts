// What the bundles leave out of what they are made of, where leaving it out changes nothing that an action does.
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@swc/core';

const client = 'node_modules/@aws-sdk/client-rds';
const schemas = 'dist-es/schemas/schemas_0.js';
/** The base, and what DescribeDBInstances, the only call, can end in. */
const kept = /registerError\((RDSServiceException|DBInstanceNotFoundFault)\$/;

/** RDS's client registers the 150 errors of its calls: 70 KB that one call in one action would pay for. */
export const leanDatabaseClient = (work: string, root: string): void => {
  const to = join(work, client);
  mkdirSync(to, { recursive: true });
  for (const part of ['package.json', 'LICENSE', 'dist-es'])
    cpSync(join(root, client, part), join(to, part), { recursive: true });
  const lines = readFileSync(join(to, schemas), 'utf8').split('\n');
  const lean = lines.filter((line) => !line.includes('registerError(') || kept.test(line));
  if (lean.length > lines.length - 100 || lean.filter((line) => kept.test(line)).length !== 2)
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
