// Texts that are not our YAML: two readers could take them for different things.
import { expect, test } from '@jest/globals';
import { problemsWith } from './files.ts';
import { at, bare, environment, inSit, refuses, tenant } from './refusing.ts';

test('the fleet that the rows break is sound', () => {
  expect(problemsWith({})).toEqual([]);
});

refuses('what is not our YAML', [
  ['a tab as indentation', tenant('storage:\n\tuid: 1\n'), [at('6:1'), 'tab', 'spaces']],
  ['tabs elsewhere', tenant('cpu:\t512\nmemory:\t1024\n'), [at('5:5'), 'on 1 more lines']],
  ['a duplicate key', tenant('cpu: 512\ncpu: 256\n'), [at('6:1'), '`cpu` is already on line 5', 'Keep one']],
  [
    'an anchor and its alias',
    tenant('cpu: &x 512\nmemory: *x\n'),
    [at('5:6'), 'anchor &x', 'defaults.yml'],
    [at('6:9'), 'alias *x', 'defaults.yml'],
  ],
  ['a standard tag', tenant('cpu: !!int 512\n'), [at('5:6'), 'tag !!int', 'Delete it']],
  ['a tag of their own', tenant('host: !foo a.b\n'), [at('5:7'), 'tag !foo', 'Delete it']],
  ['a merge key', tenant('<<: {cpu: 512}\n'), [at('5:1'), '`<<`', 'defaults.yml']],
  ['an empty file', bare(''), [at('1:1'), 'empty', 'delete the file']],
  ['a file of comments', { 'defaults.yml': '# nothing\n' }, ['fleet/defaults.yml:1:1: ', 'empty']],
  ['a list', { 'defaults.yml': '- a\n' }, ['fleet/defaults.yml:1:1: ', 'no keys', '`key: value`']],
  [
    'two documents',
    { 'defaults.yml': 'cpu: 512\n---\ncpu: 256\n' },
    ['fleet/defaults.yml:2:1: ', 'second document', 'split'],
  ],
  [
    'a directive',
    { 'defaults.yml': '%YAML 1.1\n---\ncpu: 512\n' },
    ['fleet/defaults.yml:1:1: ', '%YAML 1.1', 'YAML 1.2'],
  ],
  [
    'a file above 1 MB',
    { 'defaults.yml': '#'.repeat(1_000_001) },
    ['fleet/defaults.yml:1:1: ', '1000001 bytes', '1000000'],
  ],
  [
    'what is no YAML at all',
    { 'defaults.yml': 'image: `x`\n' },
    ['fleet/defaults.yml:1:8: ', 'not YAML', 'quote'],
  ],
  ['a key that is a list', tenant('? [a]\n: 5\n'), [at('5:3'), 'not a key']],
  ['a key that reaches into the language', tenant('__proto__: {a: 1}\n'), [at('5:1'), 'not a key']],
  [
    'a number with a leading zero',
    tenant('cpu: 0512\n'),
    [at('5:6'), '`cpu: 0512`', 'cpu: "0512"', 'cpu: 512'],
  ],
  [
    'octal digits without quotes',
    tenant('storage: {permissions: 0755}\n'),
    [at('5:24'), 'permissions: "0755"'],
  ],
  ['a hexadecimal number', tenant('cpu: 0x200\n'), [at('5:6'), 'decimal', 'cpu: 512']],
  ['an exponent', tenant('memory: 1e3\n'), [at('5:9'), 'decimal', 'memory: 1000']],
  [
    'an account id that lost its quotes and its zero',
    environment('"815856636111"', '093646564004'),
    [inSit('2:12'), 'account id that lost its quotes', '93646564004', 'Write accountId: "093646564004"'],
  ],
  [
    'an account id under another name',
    environment('accountId: "815856636111"', 'account: 093646564004'),
    [inSit('1:1'), '`accountId` is missing'],
    [inSit('2:1'), '`account` is not a key', '`accountId`?'],
    [inSit('2:10'), 'account id that lost its quotes', 'account: "093646564004"'],
  ],
]);
