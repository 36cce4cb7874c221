// verify-fleet.yml as a user calls it: every tenant is looked at from every side, whatever fails, and one table says so.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunEnd } from '../../sandbox/github/workflow/run.ts';
import { openRig, type Rig } from './kit.ts';
import type { Mark } from './marks.ts';

const waves = { pilot: ['goldencrust'], rest: ['tenant1', 'tenant2', 'ironpeak'] };
const tenants = Object.values(waves).flat();
/** What stand-in.cjs says of itself, as text. */
const cause = String.raw`A \<b\>stranger\_said\_so \| so`;
const cloudfront = 'https://d111111abcdef8.cloudfront.net/';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(waves, { maxConcurrency: 4, failureBudget: 0 });
}, 60_000);
afterAll(() => rig.close());

type Played = { readonly end: RunEnd; readonly marks: readonly Mark[]; readonly table: string };

type Playing = {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly fails?: readonly string[];
};

const play = async ({ inputs = {}, variables = {}, fails = [] }: Playing = {}): Promise<Played> => {
  await rig.order({ fails });
  const end = await rig.run('verify-fleet.yml', { tenants: '', ...inputs }, { variables });
  const marks = (await rig.marks()).filter(({ run, edge }) => run === String(end.id) && edge === 'start');
  const table = end.jobs.find(({ name }) => name.endsWith('report'))?.summary ?? '';
  return { end, marks, table };
};

const asked = (marks: readonly Mark[], tenant: string) =>
  marks
    .filter((mark) => mark.tenant === tenant)
    .map(({ action, given }) => `${action} ${given.operation ?? given.probe ?? ''}`.trim());

describe('verify-fleet', () => {
  test('looks at every tenant, lists the databases once, and is green', async () => {
    const { end, marks, table } = await play();
    expect(end.conclusion).toBe('success');
    for (const tenant of tenants)
      expect(asked(marks, tenant)).toEqual(['run-db-init verify', 'wait-healthy']);
    expect(marks.filter(({ given }) => given.operation === 'list')).toHaveLength(1);
    expect(marks.every(({ action }) => ['run-db-init', 'wait-healthy'].includes(action))).toBe(true);
    expect(table).toContain('✅ 4 of 4 tenants of sit');
    expect(table).toContain('| goldencrust | ✅ logs in | ✅ 302 | – |');
  }, 120_000);

  test('one that cannot log in is visited all the same, the others too, and the table names it first', async () => {
    const { end, marks, table } = await play({
      variables: { TENANT_CLOUDFRONT: cloudfront },
      fails: ['run-db-init tenant2', 'wait-healthy ironpeak'],
    });
    expect(end.conclusion).toBe('failure');
    for (const tenant of tenants)
      expect(asked(marks, tenant)).toEqual([
        'run-db-init verify',
        'wait-healthy',
        `wait-healthy ${cloudfront}`,
      ]);
    expect(table).toContain('❌ 2 of 4 tenants of sit');
    expect(table.split('\n').filter((line) => /^\| (?!tenant )[a-z]/.test(line))).toEqual([
      `| tenant2 | ❌ ${cause} | ✅ 302 | ✅ 302 |`,
      `| ironpeak | ✅ logs in | ❌ 302: ${cause} | ❌ 302: ${cause} |`,
      '| goldencrust | ✅ logs in | ✅ 302 | ✅ 302 |',
      '| tenant1 | ✅ logs in | ✅ 302 | ✅ 302 |',
    ]);
  }, 120_000);

  test('can be asked for some', async () => {
    const { end, marks } = await play({ inputs: { tenants: 'tenant1' } });
    expect(end.conclusion).toBe('success');
    expect([...new Set(marks.map(({ tenant }) => tenant).filter(Boolean))]).toEqual(['tenant1']);
  }, 120_000);
});
