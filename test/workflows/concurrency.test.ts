// deploy-tenant.yml, started several times: a tenant is never deployed twice at once, nobody is lost from its queue, and
// tenants do not wait for each other.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RunEnd } from '../../sandbox/github/workflow/run.ts';
import { openRig, type Rig } from './kit.ts';
import { mostAtOnce, spansOf } from './marks.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig({ pilot: ['goldencrust'], batch: ['tenant1'] });
  await rig.order({ ms: { 'wait-healthy': 2_500 } });
});
afterEach(() => rig.close());

type Started = { readonly ends: readonly RunEnd[]; readonly approvedAt: readonly number[] };

/** All have planned when the first is approved, and each comes to the queue after the one before it. */
const approveInTurn = async (tenants: readonly string[]): Promise<Started> => {
  const turns = tenants.map((tenant) => {
    const [asked, answer, approved] = [signal(), signal(), signal()];
    const end = rig.run(
      'deploy-tenant.yml',
      { tenant },
      {
        approve: async () => {
          asked.resolve();
          await answer.promise;
          return 'approved';
        },
        onLine: (_, line) => line.endsWith('may start.') && approved.resolve(),
      },
    );
    return { asked, answer, approved, end };
  });
  await Promise.all(turns.map(({ asked }) => asked.promise));
  const approvedAt: number[] = [];
  for (const { answer, approved } of turns) {
    answer.resolve();
    await approved.promise;
    approvedAt.push(Date.now());
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  return { ends: await Promise.all(turns.map(({ end }) => end)), approvedAt };
};

const signal = () => Promise.withResolvers<void>();

test('a third deployment behind two of the same tenant is not lost: all end, in order, one after the other', async () => {
  const { ends, approvedAt } = await approveInTurn(Array(3).fill('goldencrust'));
  expect(ends.map(({ conclusion }) => conclusion)).toEqual(['success', 'success', 'success']);
  const spans = spansOf(await rig.marks());
  expect(approvedAt[2]).toBeLessThan(spans[0]?.to ?? 0);
  expect(spans.map(({ run }) => run)).toEqual(ends.map(({ id }) => String(id)));
  expect(mostAtOnce(spans)).toBe(1);
}, 120_000);

test('two tenants are deployed at once; a rollback of one waits for its deployment', async () => {
  const [one, other, back] = await Promise.all([
    ...['goldencrust', 'tenant1'].map((tenant) => rig.run('deploy-tenant.yml', { tenant })),
    untilBegun('goldencrust').then(() =>
      rig.run('rollback.yml', { tenant: 'goldencrust', mode: 'previous-revision' }),
    ),
  ]);
  for (const end of [one, other, back]) expect(end?.conclusion).toBe('success');
  const spans = spansOf(await rig.marks());
  const ofRun = (end: RunEnd | undefined) => spans.find(({ run }) => run === String(end?.id));
  expect(mostAtOnce(spans.filter(({ run }) => run !== String(back?.id)))).toBe(2);
  expect(ofRun(back)?.from).toBeGreaterThanOrEqual(ofRun(one)?.to ?? Infinity);
}, 120_000);

const untilBegun = async (wanted: string): Promise<void> => {
  while (!(await rig.marks()).some(({ tenant }) => tenant === wanted))
    await new Promise((resolve) => setTimeout(resolve, 50));
};
