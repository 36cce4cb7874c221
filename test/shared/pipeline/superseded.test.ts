// Whoever took our place is told, and nobody else: neither one that never got so far, nor one that came later.
import { expect, test } from '@jest/globals';
import type { Work } from '../../../sandbox/aws/codepipeline/definitions.ts';
import { findSuperseding } from '../../../src/shared/pipeline/superseded.ts';
import { createKit, type Kit, name, seconds, takes } from './hands-kit.ts';

/** The first execution to come is held before the Build stage, and superseded there. */
const held = async (works: { readonly Source?: Work } = {}) => {
  const kit = await createKit({ unattended: true, works: { Source: takes(seconds(5)), ...works } });
  kit.port.disableTransition(name, 'Build', 'release freeze');
  const ours = await kit.start();
  await kit.clock.sleep(seconds(20));
  expect(kit.status(ours)).toBe('InProgress');
  return { kit, ours };
};

const find = (kit: Kit, executionId: string): Promise<string | undefined> =>
  findSuperseding(kit.around, { pipeline: kit.pipeline, executionId });

test('the newer execution that came to the same stage', async () => {
  const { kit, ours } = await held();
  const newer = await kit.start();
  await kit.clock.sleep(seconds(20));
  expect(kit.status(ours)).toBe('Superseded');
  expect(await find(kit, ours)).toBe(newer);
});

test('not one that failed on the way, and not one that came later still', async () => {
  let runs = 0;
  const Source: Work = async ({ sleep }) => {
    await sleep(seconds(5));
    return ++runs === 2 ? { kind: 'failed', code: 'JobFailed', message: 'no branch' } : { kind: 'succeeded' };
  };
  const { kit, ours } = await held({ Source });
  const broken = await kit.start();
  await kit.clock.sleep(seconds(20));
  expect([kit.status(broken), kit.status(ours)]).toEqual(['Failed', 'InProgress']);
  const newer = await kit.start();
  await kit.clock.sleep(seconds(20));
  await kit.start();
  await kit.clock.sleep(seconds(20));
  expect([kit.status(ours), kit.status(newer)]).toEqual(['Superseded', 'Superseded']);
  expect(await find(kit, ours)).toBe(newer);
});

test('undefined where nothing newer is there, and where AWS does not list ours', async () => {
  const { kit, ours } = await held();
  expect(await find(kit, ours)).toBeUndefined();
  expect(await find(kit, '00000000-0000-4000-8000-000000000000')).toBeUndefined();
});

test('found beyond the first page', async () => {
  const { kit, ours } = await held();
  const newer = await kit.start();
  await kit.clock.sleep(seconds(20));
  kit.port.enableTransition(name, 'Build');
  for (let count = 0; count < 120; count++) await kit.start();
  expect(await find(kit, ours)).toBe(newer);
});
