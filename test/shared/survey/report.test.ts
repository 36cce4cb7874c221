// A plan as people read it: what stands first, what is folded, and that GitHub takes it however much there is.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { reportPlans, type Survey } from '../../../src/shared/survey/report.ts';
import { planOf } from '../../actions/plan-fleet-kit.ts';
import { createLab } from '../../lab.ts';
import { difference, environmentPlan, newTenant, outcome, quota, tenantPlan } from './plans.ts';

const paper = { most: 60_000, rest: 'the rest is [there](https://github.com/run/1).' };
const told = (given: Parameters<typeof environmentPlan>[0] = {}): string =>
  reportPlans({ plans: [environmentPlan(given)], failures: [] }, paper);

test('thirteen tenants on an empty environment read as the golden file says', async () => {
  const { summary } = await planOf((await createLab()).world);
  expect(summary).toBe(readFileSync('test/shared/survey/thirteen-tenants.md', 'utf8'));
});

describe('a plan in which', () => {
  test('nothing differs is one line, with the rest folded', () => {
    const text = told();
    expect(text).toContain('✅ **Nothing differs: 2 tenants are as the manifests say.**');
    expect(text).not.toContain('goldencrust');
    expect(text.replace(/<details>[\s\S]*<\/details>/, '')).not.toContain('|');
  });

  test('one field of one tenant differs names the tenant first and shows the field', () => {
    const differences = [difference('HealthCheckPath', { from: '/', to: '/up' })];
    const outcomes = [outcome('secret'), outcome('target group', { action: 'update', differences })];
    const text = told({ tenants: [tenantPlan('goldencrust', { outcomes }), tenantPlan('tenant1')] });
    expect(text).toContain('**goldencrust will change (1 resource); 1 other tenant stays as it is.**');
    expect(text).toContain('| pilot | **goldencrust** | ~1 update |');
    expect(text).toContain('HealthCheckPath: `/` → `/up`');
    expect(text).not.toContain('tenant1');
  });

  test('several tenants differ alike tells it once, with {tenant} for their names', () => {
    const text = told({ tenants: [newTenant('goldencrust'), newTenant('tenant1')] });
    expect(text.match(/<details>/g)).toHaveLength(1);
    expect(text).toContain('<b>2 tenants, each the same:</b> +3 create');
    expect(text).toContain('`sit-{tenant}-service`');
  });

  test('something is refused says that before anything else, with its remedy', () => {
    const refused = 'target group x exists, but it was not made by this action.';
    const outcomes = [outcome('target group', { action: 'update', refused })];
    const text = told({ tenants: [tenantPlan('goldencrust', { outcomes }), newTenant('tenant1')] });
    expect(text.indexOf(refused)).toBeLessThan(text.indexOf('| wave |'));
    expect(text).toContain('goldencrust cannot be brought to the manifest; tenant1 will be created');
    expect(text).toContain('| ❌ 1 refused |');
  });

  test('much happens at once counts it in one line', () => {
    const refused = outcome('service', { action: 'update', refused: 'no' });
    const text = told({
      tenants: [
        newTenant('one'),
        tenantPlan('two', { outcomes: [outcome('secret'), outcome('service', { action: 'create' })] }),
        tenantPlan('three', { outcomes: [outcome('service', { action: 'update' })] }),
        tenantPlan('four', { outcomes: [refused] }),
        tenantPlan('five'),
      ],
    });
    expect(text).toContain('**4 of 5 tenants differ: 1 refused, 1 created, 1 half made, 1 changed.**');
  });

  test.each([
    [79, 'room for', 'Ask for more.'],
    [80, '⚠️ tight', 'no sign'],
    [100, '❌ full', 'no sign'],
    [101, '❌ too many: 1 over', 'no sign'],
  ])('a quota comes to %i of 100 says: %s', (after, sign, absent) => {
    const text = told({ headroom: [quota({ after, room: Math.max(0, 100 - after) })] });
    expect(text).toContain(sign);
    expect(text).not.toContain(absent);
  });

  test('tenants are retired or have no manifest says how they go', () => {
    const outcomes = [outcome('secret', { action: 'delete' })];
    const text = told({
      tenants: [tenantPlan('old', { state: 'retired', wave: undefined, outcomes })],
      orphans: [{ kind: 'secret', name: 'sit-lost-db-credentials', tenant: 'lost' }],
    });
    expect(text).toContain('old is retired and still to be removed');
    expect(text).toContain('| (retired) | **old** | -1 delete |');
    expect(text).toContain('| **lost** | secret `sit-lost-db-credentials` |');
  });
});

/** Rows that tables may have, whole, with as many cells as their head. */
const checkForm = (text: string): void => {
  expect(text.match(/^<details>/gm)?.length).toBe(text.match(/^<\/details>$/gm)?.length);
  let cells = 0;
  for (const line of text.split('\n')) {
    const count = line.match(/(?<!\\)\|/g)?.length ?? 0;
    if (!line.startsWith('|')) cells = 0;
    else if (cells) expect([line, count]).toEqual([line, cells]);
    else cells = count;
    expect([line, (line.match(/(?<!\\)`/g)?.length ?? 0) % 2]).toEqual([line, 0]);
  }
};

const hostile = 'a | b ` c </details> <script> @everybody \n## big * _ [x](y) '.repeat(9);

const large: Survey = {
  plans: ['sit', 'prod'].map((environment) =>
    environmentPlan({
      environment,
      tenants: Array.from({ length: 1_000 }, (_, index) => {
        const name = `tenant-${index}`;
        const wave = `batch-${index % 200}`;
        if (index % 5) return newTenant(name, { wave });
        const differences = [difference(hostile, { from: hostile, to: `${hostile}${index}` })];
        const refused = index % 10 ? {} : { refused: hostile };
        const outcomes = [outcome('service', { action: 'update', differences, ...refused })];
        return tenantPlan(name, { wave, outcomes });
      }),
      headroom: [quota({ now: 0, after: 1_000, room: 0 })],
      orphans: Array.from({ length: 300 }, (_, index) => ({
        kind: 'secret',
        name: `sit-lost${index}-db-credentials`,
        tenant: `lost${index}`,
      })),
    }),
  ),
  failures: [{ environment: 'dev', error: new Error(hostile) }],
};

describe('a thousand tenants', () => {
  test.each([3_000, 10_000, 30_000, 64_000, 900_000])('are told in %i bytes, whole lines only', (most) => {
    const text = reportPlans(large, { ...paper, most });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    expect(text).toContain('## Plan for sit');
    checkForm(text);
    expect(text.trimEnd().endsWith(`_Shortened: ${paper.rest}_`)).toBe(most < 900_000);
  });

  test('what was left out is counted', () => {
    const text = reportPlans(large, { ...paper, most: 30_000 });
    expect(text).toMatch(/_… and [\d,]+ more rows\._/);
  });
});

test('a plan that does not fit into a quota says so at the top', () => {
  const text = told({ tenants: [newTenant('goldencrust')], headroom: [quota({ after: 101, room: 0 })] });
  expect(text.split('\n')[4]).toBe('- ❌ It does not fit: 101 of 100 rules of sit-alb.');
});

test('what comes from AWS and manifests stays text', () => {
  const differences = [difference(hostile, { from: hostile, to: hostile })];
  const outcomes = [outcome('service', { action: 'update', name: hostile, differences, refused: hostile })];
  const text = told({ tenants: [tenantPlan('goldencrust', { outcomes })] });
  checkForm(text);
  expect(text.replaceAll('\\`', '').replace(/`[^`]*`/g, '')).not.toMatch(/<script|@everybody|^## big/m);
});
