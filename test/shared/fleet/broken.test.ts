// One fleet with every mistake that the project promises to tell: all in one run, each with its place and remedy.
import { expect, test } from '@jest/globals';
import { parseFleet } from '../../../src/shared/fleet/fleet.ts';
import { environmentText, filesWith, tenantText } from './files.ts';

const long = 'a'.repeat(26);

const broken = {
  'environments/sit.yml': `${environmentText}waves:
  - {name: pilot, tenants: [goldencrust]}
  - {name: batch, tenants: [goldencrust, host, priority, ${long}, zero, anchor, double]}
`,
  'tenants/goldencrust.yml': tenantText('goldencrust', 'priority: 140\nmemroy: 1024\n'),
  'tenants/host.yml': tenantText('host', 'host: goldencrust.wpsit.kimmyai.io\n'),
  'tenants/priority.yml': tenantText('priority', 'priority: 140\n'),
  [`tenants/${long}.yml`]: tenantText(long),
  'tenants/zero.yml': tenantText('zero', 'priority: 012\n'),
  'tenants/anchor.yml': tenantText('anchor', 'cpu: &size 512\n'),
  'tenants/tab.yml': tenantText('tab', 'storage:\n\tuid: 33\n'),
  'tenants/double.yml': tenantText('double', 'cpu: 512\ncpu: 256\n'),
  'tenants/empty.yml': '',
  'tenants/huge.yml': `${tenantText('huge')}${`# ${'x'.repeat(97)}\n`.repeat(100_000)}`,
};

const expected = [
  ['environments/sit.yml', 18, 29, 'goldencrust is in wave pilot already (line 17).', 'Keep it in one wave.'],
  [
    `tenants/${long}.yml`,
    4,
    3,
    `sit-${long}-tg has 33 characters; AWS takes 32 for a target group`,
    'Shorten',
  ],
  ['tenants/anchor.yml', 5, 6, 'The anchor &size is not read.', 'Write the value itself'],
  ['tenants/double.yml', 6, 1, 'The key `cpu` is already on line 5.', 'Keep one of the two.'],
  ['tenants/empty.yml', 1, 1, 'The file is empty.', 'Write the manifest, or delete the file.'],
  ['tenants/goldencrust.yml', 6, 1, '`memroy` is not a key here.', 'Did you mean `memory`?'],
  [
    'tenants/host.yml',
    5,
    7,
    'has the host goldencrust.wpsit.kimmyai.io',
    'Give one of the two another host.',
  ],
  ['tenants/huge.yml', 1, 1, 'bytes; a manifest may have 1000000.', 'move what is no manifest out'],
  ['tenants/priority.yml', 5, 11, 'has the priority 140', 'Give one of the two another priority.'],
  ['tenants/tab.yml', 6, 1, 'There is a tab here.', 'Indent with spaces'],
  ['tenants/zero.yml', 5, 11, '`priority: 012` starts with a zero', 'Write priority: "012" if it is a text'],
] as const;

test('every mistake of a broken fleet is told in one run', () => {
  const files = filesWith(broken);
  const huge = files.find(({ path }) => path.endsWith('huge.yml'))?.text.length;
  expect(huge).toBeGreaterThan(10_000_000);
  const start = performance.now();
  const parsed = parseFleet(files);
  const took = performance.now() - start;
  const problems = parsed.kind === 'problems' ? parsed.problems : [];
  expect(problems).toEqual(
    expected.map(([path, line, column, what, fix]) => ({
      what: expect.stringContaining(what),
      fix: expect.stringContaining(fix),
      place: { file: `fleet/${path}`, line, column },
    })),
  );
  // Parsing ten million characters takes many times as long: the file is refused by its size.
  expect(took).toBeLessThan(2_000);
});
