// How much an action asks of AWS: provisioning from nothing in one step, and once more.
import type { Row } from './measure.ts';
import { callAction, openSit } from './steps.ts';

type Count = { readonly calls: number; readonly writes: number };

export const countCalls = async (say: (line: string) => void): Promise<readonly Row[]> => {
  say('calls of provisioning, first and again');
  const open = await openSit(1_000);
  try {
    const provision = async (): Promise<Count> => {
      const from = open.sandbox.calls.length;
      await callAction({ action: 'provision-tenant', tenant: 'goldencrust', inputs: {}, env: open.env });
      const made = open.sandbox.calls.slice(from);
      return { calls: made.length, writes: made.filter(({ write }) => write).length };
    };
    const [first, again] = [await provision(), await provision()];
    return [
      rowOf('Provision, first time', first, { budget: '≤ 22 calls', met: first.calls <= 22 }),
      rowOf('Provision, again', again, {
        budget: '≤ 12 calls, 0 writes',
        met: again.calls <= 12 && again.writes === 0,
      }),
    ];
  } finally {
    await open.close();
  }
};

const rowOf = (
  what: string,
  { calls, writes }: Count,
  { budget, met }: { readonly budget: string; readonly met: boolean },
): Row => ({
  what,
  measured: `${calls} calls, ${writes} writes`,
  samples: '1 (a count)',
  budget,
  met: met ? 'yes' : 'no',
});
