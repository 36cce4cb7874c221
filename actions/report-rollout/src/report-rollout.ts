// Tells how a rollout goes: a tenant's deployment status, a wave's verdict, the whole run's summary and record; and how an
// application's release went.
import type { TenantResult } from '../../../src/shared/fleet/rollout.ts';
import { inState } from '../../../src/shared/fleet/rollout-verdict.ts';
import * as parse from '../../../src/shared/inputs.ts';
import { reportRelease } from '../../../src/shared/release/report.ts';
import { reportWave } from '../../../src/shared/rollout/judge-wave.ts';
import { reportRun } from '../../../src/shared/rollout/report-run.ts';
import { reportTenant } from '../../../src/shared/rollout/tenant-status.ts';
import type { World } from '../../../src/shared/world.ts';

export const title = 'Report rollout';

export const inputs = {
  fleet: parse.text,
  mode: parse.oneOf('tenant', 'wave', 'run', 'release'),
  environment: parse.name,
  tenant: parse.optional(parse.name),
  state: parse.optional(parse.oneOf('in_progress', 'success', 'failure', 'cancelled', 'removed')),
  cause: parse.optional(parse.text),
  rollout: parse.optional(parse.text),
  slot: parse.optional(parse.wholeNumber),
  record: parse.text,
  application: parse.optional(parse.name),
  records: parse.text,
  token: parse.text,
} as const;

export const outputs = ['summary', 'proceed', 'results', 'failed'] as const;

type Given = parse.Inputs<typeof inputs>;
type Answer = parse.Outputs<typeof outputs>;

export const run = (given: Given, world: World): Promise<Answer> => modes[given.mode](given, world);

const tenantMode = async (given: Given, world: World): Promise<Answer> => {
  const wanted = parse.demand(given, 'tenant', 'state');
  const { image } = await reportTenant(wanted, world);
  world.log.info(`${wanted.tenant} in ${given.environment}: ${wanted.state}, ${image}`);
  return { summary: '', proceed: '', results: '', failed: '' };
};

const waveMode = async (given: Given, world: World): Promise<Answer> => {
  const { results, summary } = await reportWave(parse.demand(given, 'rollout', 'slot'), world);
  return { summary, proceed: 'true', ...told(results) };
};

const runMode = async (given: Given, world: World): Promise<Answer> => {
  const { record, summary } = await reportRun(given, world);
  return { summary, proceed: '', ...told(record.tenants) };
};

const releaseMode = async (given: Given, world: World): Promise<Answer> => {
  const summary = await reportRelease(parse.demand(given, 'application'), world);
  return { summary, proceed: '', results: '', failed: '' };
};

const modes = { tenant: tenantMode, wave: waveMode, run: runMode, release: releaseMode } as const;

const told = (results: readonly TenantResult[]): Pick<Answer, 'results' | 'failed'> => ({
  results: JSON.stringify(results),
  failed: String(inState(results, 'failed').length),
});
