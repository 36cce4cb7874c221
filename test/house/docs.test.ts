// Generated parts of the READMEs come from action.yml and iam.json, and a stale or undescribed one is named.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';

const made: string[] = [];

const docs = (root: string, ...options: readonly string[]) => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/docs.ts', root, ...options], {
    encoding: 'utf8',
  });
  return { status, said: stderr };
};

const contract = `description: Greets
inputs:
  who: { description: "Whom | what to greet", required: true }
  how: { description: In which tone, default: "kind" }
outputs:
  answer: { description: What was said }
`;

const treeWith = (action: string): string => {
  const root = mkdtempSync(join(tmpdir(), 'docs-'));
  made.push(root);
  mkdirSync(join(root, 'actions/greet'), { recursive: true });
  const marked = (name: string): string => `<!-- ${name} -->\nold\n<!-- /${name} -->\n`;
  const statement = [{ Action: ['ecs:B', 'ecs:A'] }, { Action: 'iam:C' }];
  writeFileSync(join(root, 'README.md'), `before\n${marked('actions')}after\n`);
  writeFileSync(join(root, 'actions/greet/action.yml'), action);
  writeFileSync(join(root, 'actions/greet/iam.json'), JSON.stringify({ Statement: statement }));
  writeFileSync(
    join(root, 'actions/greet/README.md'),
    ['inputs', 'outputs', 'iam'].map(marked).join('own\n'),
  );
  return root;
};

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

test('fills the marked parts and leaves the rest', () => {
  const root = treeWith(contract);
  expect(docs(root)).toEqual({ status: 0, said: '' });
  const own = readFileSync(join(root, 'actions/greet/README.md'), 'utf8');
  expect(own).toContain(
    '| `who` | Whom \\| what to greet | **required** |\n| `how` | In which tone | `kind` |',
  );
  expect(own).toContain('| `answer` | What was said |');
  expect(own).toContain('- `ecs:A`\n- `ecs:B`\n- `iam:C`\n');
  expect(own.match(/^own$/gm)).toHaveLength(2);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toMatch(
    /^before\n<!-- actions -->\n[\s\S]*\| \[greet\]\(actions\/greet\/README\.md\) \| Greets \|\n<!-- \/actions -->\nafter\n$/,
  );
  expect(docs(root, '--check')).toEqual({ status: 0, said: '' });
});

test('--check names each stale file and the command, and writes nothing', () => {
  const root = treeWith(contract);
  const { status, said } = docs(root, '--check');
  expect(status).toBe(1);
  expect(said.trim().split('\n')).toEqual([
    expect.stringMatching(/^actions\/greet\/README\.md: .*npm run docs$/),
    expect.stringMatching(/^README\.md: .*npm run docs$/),
  ]);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('old');
});

test('what has no description is an error', () => {
  const { status, said } = docs(treeWith(contract.replace('description: In which tone, ', '')));
  expect(status).toBe(1);
  expect(said).toBe('actions/greet/action.yml: input how: has no description\n');
});
