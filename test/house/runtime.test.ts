// Tests run under the runtime that the actions declare.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('Node 24, whatever the machine has', () => {
  expect(process.versions.node.split('.')[0]).toBe('24');
  expect(readFileSync('.node-version', 'utf8').trim()).toBe('24');
});
