// The import rules hold in this tree, and each of them catches what it forbids.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';

const repository = process.cwd();
const made: string[] = [];

const lint = (root: string): { readonly status: number | null; readonly said: string } => {
  const script = join(repository, 'scripts/lint-imports.ts');
  const { status, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  return { status, said: stderr };
};

const treeOf = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'lint-'));
  made.push(root);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
};

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

test('this repository keeps the rules', () => {
  expect(lint(repository)).toEqual({ status: 0, said: '' });
});

test('what the design allows passes', () => {
  const root = treeOf({
    'actions/a/src/main.ts': `import { runAction } from '../../../src/shared/action.ts';\nimport * as a from './a.ts';`,
    'actions/a/src/a.ts': `import type { ECS } from '@aws-sdk/client-ecs';\nimport { f } from '../../../src/shared/fleet/f.ts';`,
    'src/shared/action.ts': `import * as core from '@actions/core';\nimport { w } from './world-real.ts';`,
    'src/shared/world-real.ts': `import { getExecOutput } from '@actions/exec';\nconst w = import('@aws-sdk/client-ecs');`,
    'src/shared/fleet/f.ts': `import { createHash } from 'node:crypto';\nimport { parse } from 'yaml';\nimport type { World } from '../world.ts';`,
    'src/shared/world.ts': `import { type ECS } from '@aws-sdk/client-ecs';`,
    'sandbox/s.ts': `import { spawn } from 'node:child_process';\nimport { ECS } from '@aws-sdk/client-ecs';`,
    'test/t.test.ts': `import '../sandbox/s.ts';`,
  });
  expect(lint(root)).toEqual({ status: 0, said: '' });
});

describe('forbidden', () => {
  const planted: readonly (readonly [file: string, code: string, why: string])[] = [
    ['actions/a/src/main.ts', `import '../../../src/shared/wait.ts';`, 'only hands its module to runAction'],
    ['actions/a/src/a.ts', `import '../../b/src/b.ts';`, 'knows no other action'],
    ['actions/a/src/a.ts', `import '../../../src/shared/action.ts';`, 'never the other way round'],
    ['actions/a/src/a.ts', `import * as core from '@actions/core';`, 'talks to the runner'],
    ['actions/a/src/a.ts', `import '../../../sandbox/aws/cloud.ts';`, 'does not contain the sandbox'],
    ['actions/a/src/a.ts', `import { readFile } from 'node:fs/promises';`, 'part of the world'],
    ['src/shared/wait.ts', `import '../../actions/a/src/a.ts';`, 'serves all actions and knows none'],
    ['src/shared/wait.ts', `export * from '../../test/x.ts';`, 'does not contain the sandbox'],
    ['src/shared/wait.ts', `import { exec } from '@actions/exec';`, 'tools are part of the world'],
    ['src/shared/wait.ts', `import { ECSClient } from '@aws-sdk/client-ecs';`, 'makes clients'],
    ['src/shared/wait.ts', `const x = await import('@aws-sdk/client-ecs');`, 'makes clients'],
    ['src/shared/world-aws.ts', `import { ECS } from '@aws-sdk/client-ecs';`, 'pay for loading it'],
    ['src/shared/world-aws.ts', `import { spawn } from 'child_process';`, 'processes are part of the world'],
    ['src/shared/fleet/f.ts', `import { waitUntil } from '../wait.ts';`, 'decides over plain values'],
    ['src/shared/fleet/f.ts', `import { hostname } from 'node:os';`, 'part of the world'],
    ['src/shared/fleet/f.ts', `import { debug } from 'debug';`, 'yaml, zod and hashes only'],
    ['src/shared/judge/j.ts', `import { parse } from 'yaml';`, 'nothing but what was seen'],
    ['sandbox/s.ts', `import '../test/x.ts';`, 'knows none of its callers'],
  ];

  test.each(planted)('%s: %s', (file, code, why) => {
    const { status, said } = lint(treeOf({ [file]: `// One line above.\n${code}\n` }));
    expect(status).toBe(1);
    expect(said).toContain(`${file}:2: may not import `);
    expect(said).toContain(why);
  });

  test('a cycle, of types too, is said once', () => {
    const { status, said } = lint(
      treeOf({
        'src/shared/b.ts': `import type { C } from './c.ts';`,
        'src/shared/c.ts': `import './a.ts';`,
        'src/shared/a.ts': `import { b } from './b.ts';`,
      }),
    );
    expect(status).toBe(1);
    expect(said.trim().split('\n')).toEqual([
      expect.stringContaining(
        'src/shared/a.ts:1: imports itself by way of src/shared/b.ts → src/shared/c.ts',
      ),
    ]);
  });

  test('a long file and a long function', () => {
    const long = `const f = () => {\n${'  g();\n'.repeat(40)}};\n`;
    const root = treeOf({ 'src/a.ts': '\n'.repeat(201), 'sandbox/b.ts': long, 'test/c.test.ts': long });
    const { status, said } = lint(root);
    expect(status).toBe(1);
    expect(said.trim().split('\n')).toEqual([
      expect.stringContaining('sandbox/b.ts:1: a function of 42 lines'),
      expect.stringContaining('src/a.ts:200: has 201 lines'),
    ]);
  });
});
