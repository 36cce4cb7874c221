// The same end on a harsher cloud: reads that lag, pages of one item, throttling, a policy that takes its time.
import { describe, expect, test } from '@jest/globals';
import type { CloudSettings } from '../../sandbox/aws/cloud.ts';
import { createLab, type Snapshot, writesOf } from '../lab.ts';
import { bringUp, tearDown } from '../scenario.ts';

const comparable = ({ logs: _, ...rest }: Snapshot): unknown =>
  JSON.parse(JSON.stringify(rest), (key, value: unknown) => (key === 'password' ? '(secret)' : value));

const harsh: readonly (readonly [string, Partial<CloudSettings>])[] = [
  ['reads lag by three seconds', { readLagMs: 3_000 }],
  ['pages hold one item', { pageSize: 1 }],
  ['policies take twelve seconds to hold', { policyLagMs: 12_000 }],
  ['all of that at once', { readLagMs: 3_000, pageSize: 1, policyLagMs: 12_000 }],
];

describe.each(harsh)('%s', (_, settings) => {
  test('the tenant comes up, once, and goes without a trace', async () => {
    const easy = await createLab();
    const lab = await createLab({ settings });
    const empty = comparable(await lab.snapshot());
    await bringUp(easy);
    await bringUp(lab);
    await lab.clock.sleep(10_000);
    expect(comparable(await lab.snapshot())).toEqual(comparable(await easy.snapshot()));
    const from = lab.sandbox.calls.length;
    await lab.run('provision-tenant');
    expect(writesOf(lab, from)).toEqual([]);
    await tearDown(lab);
    expect({ ...(comparable(await lab.snapshot()) as Snapshot), efs: {} }).toEqual({
      ...(empty as Snapshot),
      efs: {},
    });
  });
});

test('every second call throttled: slower, and the same end', async () => {
  const easy = await createLab();
  const lab = await createLab();
  for (let call = 2; call < 400; call += 2)
    lab.sandbox.faults.arm({ from: call, count: 1, effect: { kind: 'throttle' } });
  await bringUp(easy);
  await bringUp(lab);
  expect(comparable(await lab.snapshot())).toEqual(comparable(await easy.snapshot()));
});
