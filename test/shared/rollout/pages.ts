// Records to look at.
import type { RolloutRecord, TenantResult } from '../../../src/shared/fleet/rollout.ts';
import { begin, sha } from './kit.ts';

const waves = {
  pilot: ['goldencrust'],
  'batch-1': ['tenant1', 'tenant2', 'sunsetbistro', 'sterlinglaw'],
  'batch-2': ['ironpeak', 'premierprop', 'lenslight', 'nexgentech'],
  'batch-3': ['serenity', 'bloompetal', 'precisionauto', 'bbwstrustedservice'],
};

export const result = (tenant: string, wave: string, over: Partial<TenantResult> = {}): TenantResult => ({
  tenant,
  wave,
  state: 'not-started',
  image: 'wordpress:6.8-php8.3-apache',
  ...over,
});

const ended = (at: number, id: number, state: 'healthy' | 'failed'): Partial<TenantResult> => ({
  state,
  startedAt: begin + at * 1_000,
  endedAt: begin + (at + 252) * 1_000,
  link: `https://github.com/your-org/wpsit/actions/runs/7/job/${id}`,
});

const finding =
  'Deployment ecs-svc/123 of sit-ironpeak-service failed: the container exited with code 1 | `Error establishing a database connection`\nCheck that <db> accepts the user: run run-db-init for ironpeak again.';

/** Halted in batch-2: ironpeak failed. */
export const halted: RolloutRecord = {
  version: 1,
  repository: 'your-org/wpsit',
  runId: '7',
  attempt: 1,
  environment: 'sit',
  commit: sha,
  tenants: [
    result('goldencrust', 'pilot', ended(0, 1, 'healthy')),
    ...waves['batch-1'].map((tenant, index) =>
      result(tenant, 'batch-1', ended(300 + index * 260, 2 + index, 'healthy')),
    ),
    result('ironpeak', 'batch-2', { ...ended(1_400, 6, 'failed'), finding }),
    ...waves['batch-2'].slice(1).map((tenant) => result(tenant, 'batch-2')),
    ...waves['batch-3'].map((tenant) => result(tenant, 'batch-3')),
  ],
};

/** Everybody before batch-2 healthy, nobody of it started. */
export const waiting: RolloutRecord = {
  ...halted,
  tenants: halted.tenants.map((each) => (each.tenant === 'ironpeak' ? result(each.tenant, each.wave) : each)),
};

/** Cancelled while ironpeak was deployed. */
export const cancelled: RolloutRecord = {
  ...halted,
  tenants: halted.tenants.map((each) =>
    each.tenant === 'ironpeak'
      ? result(each.tenant, each.wave, { ...ended(1_400, 6, 'failed'), state: 'cancelled' })
      : each,
  ),
};

/** The run that went on from it, all healthy. */
export const resumed: RolloutRecord = {
  ...halted,
  runId: '9',
  attempt: 2,
  tenants: halted.tenants.map((each, index) =>
    each.state === 'healthy'
      ? { ...each, run: '7' }
      : result(each.tenant, each.wave, ended(9_000 + index * 260, 20 + index, 'healthy')),
  ),
};

/** Ten waves of a thousand. */
export const huge = (state: TenantResult['state'], finding?: string): RolloutRecord => ({
  ...halted,
  tenants: Array.from({ length: 10_000 }, (_, index) =>
    result(`tenant-of-a-rather-long-name-${index}`, `batch-${Math.floor(index / 1_000) + 1}`, {
      ...ended(index, index, 'healthy'),
      state,
      ...(finding ? { finding } : {}),
    }),
  ),
});
