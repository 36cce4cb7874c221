// What the linter needs of a TypeScript file: its imports and the length of its functions.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parse } from '@swc/core';

export type Import = {
  readonly line: number;
  /** A path from the root for our own files, the specifier for packages and node: modules. */
  readonly target: string;
  readonly kind: 'own' | 'package' | 'node';
  /** `type` leaves nothing in the JavaScript; `lazy` is import(), `value` all else. */
  readonly form: 'type' | 'value' | 'lazy';
};

export type Source = {
  /** From the root, with `/`. */
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly { readonly line: number; readonly length: number }[];
};

type Node = {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly typeOnly?: boolean;
  readonly specifiers?: readonly { readonly isTypeOnly?: boolean }[];
  readonly source?: { readonly value: string } | null;
  readonly callee?: Node;
  readonly arguments?: readonly { readonly expression: { readonly value?: unknown } }[];
  readonly argument?: { readonly value: string };
};

export const readSource = async (root: string, file: string): Promise<Source> => {
  const bytes = readFileSync(posix.join(root, file));
  const lineAt = lineCounter(bytes);
  const imports: Import[] = [];
  const functions: { line: number; length: number }[] = [];
  for (const node of nodesOf(await parse(bytes.toString(), { syntax: 'typescript' }))) {
    const { start = 1, end = 1 } = node.span ?? {};
    const line = lineAt(start);
    const found = importOf(node);
    if (found) imports.push({ line, form: found.form, ...resolve(file, found.specifier) });
    if (/^(ArrowFunctionExpression|Function(Declaration|Expression)|ClassMethod)$/.test(node.type ?? ''))
      functions.push({ line, length: lineAt(end) - line + 1 });
  }
  return { file, lines: lineAt(bytes.length), imports, functions };
};

/** swc's positions are bytes counted from 1. */
const lineCounter = (bytes: Buffer) => {
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
  return (position: number): number => {
    const before = ends.findIndex((end) => end >= position);
    return (before === -1 ? ends.length : before) + 1;
  };
};

const nodesOf = (node: unknown): readonly Node[] => {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(nodesOf);
  return 'type' in node ? [node as Node, ...below] : below;
};

const importOf = (node: Node): { readonly specifier: string; readonly form: Import['form'] } | undefined => {
  const { type, source, specifiers = [], typeOnly } = node;
  if (/^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration)$/.test(type ?? '') && source) {
    const allTypes = specifiers.length > 0 && specifiers.every(({ isTypeOnly }) => isTypeOnly);
    return { specifier: source.value, form: typeOnly || allTypes ? 'type' : 'value' };
  }
  if (type === 'TsImportType' && node.argument) return { specifier: node.argument.value, form: 'type' };
  const target = node.callee?.type === 'Import' ? node.arguments?.[0]?.expression.value : undefined;
  return typeof target === 'string' ? { specifier: target, form: 'lazy' } : undefined;
};

const resolve = (file: string, specifier: string): Pick<Import, 'target' | 'kind'> => {
  if (specifier.startsWith('.')) return { kind: 'own', target: posix.join(posix.dirname(file), specifier) };
  if (!isBuiltin(specifier)) return { kind: 'package', target: specifier };
  return { kind: 'node', target: specifier.startsWith('node:') ? specifier : `node:${specifier}` };
};
