// A wave's jobs as GitHub shows them, made from what each of them is doing; a rollout played with them.

import { admissionStep, type PlannedWave } from '../../../src/shared/fleet/rollout.ts';
import { judgeAdmission } from '../../../src/shared/fleet/rollout-admission.ts';
import { type Job, tenantsOf } from '../../../src/shared/fleet/rollout-jobs.ts';

export type Doing = 'queued' | 'asking' | 'running' | 'healthy' | 'failed' | 'refused' | 'cancelled';
/** `second` in which it was started; undefined while queued. */
export type Part = { readonly doing: Doing; readonly second: number | undefined };

const begun: Readonly<Record<Doing, Pick<Job, 'status' | 'conclusion'>>> = {
  queued: { status: 'queued', conclusion: null },
  asking: { status: 'in_progress', conclusion: null },
  running: { status: 'in_progress', conclusion: null },
  healthy: { status: 'completed', conclusion: 'success' },
  failed: { status: 'completed', conclusion: 'failure' },
  refused: { status: 'completed', conclusion: 'failure' },
  cancelled: { status: 'completed', conclusion: 'cancelled' },
};

const admission = (doing: Doing): string | null => {
  if (doing === 'queued' || doing === 'asking') return null;
  return doing === 'refused' ? 'failure' : 'success';
};

export const jobOf = (tenant: string, { doing, second }: Part, overrides: Partial<Job> = {}): Job => ({
  id: 1,
  name: `deploy / wave 1 / chunk 1 / ${tenant} / deploy to sit`,
  attempt: 1,
  ...begun[doing],
  // A queued job is shown with the time of its creation.
  startedAt: (second ?? 0) * 1_000,
  endedAt: ['queued', 'asking', 'running'].includes(doing) ? undefined : ((second ?? 0) + 60) * 1_000,
  link: `https://github.com/your-org/wpsit/actions/runs/7/job/1`,
  steps: doing === 'queued' ? [] : [{ name: admissionStep, conclusion: admission(doing) }],
  ...overrides,
});

export const waveOf = (tenants: readonly string[], over: Partial<PlannedWave> = {}): PlannedWave => {
  const failureBudget = over.failureBudget ?? 0;
  return {
    slot: 1,
    name: 'batch',
    soakMinutes: 0,
    failureBudget,
    inFlight: failureBudget + 1,
    chunks: [{ number: 1, tenants }],
    ...over,
  };
};

/** What a job that asks is told, once everybody who started before it can be seen. */
export const ask = (wave: PlannedWave, parts: ReadonlyMap<string, Part>, tenant: string) => {
  const now = ((parts.get(tenant)?.second ?? 0) + 10) * 1_000;
  const jobs = new Map([...parts].map(([name, part]) => [name, jobOf(name, part)]));
  return judgeAdmission({ tenant, wave, jobs, now, askedAt: now }, '7').kind;
};

/** Plays a wave in the order of its tenants, one step of each at a time; answers what each did at the end. */
export const playWave = (wave: PlannedWave, fails: ReadonlySet<string>): ReadonlyMap<string, Part> => {
  const parts = new Map<string, Part>(
    tenantsOf(wave).map((tenant) => [tenant, { doing: 'queued', second: undefined }]),
  );
  const doing = (...those: readonly Doing[]) =>
    [...parts].flatMap(([tenant, part]) => (those.includes(part.doing) ? [tenant] : []));
  for (let second = 1; doing('queued', 'asking', 'running').length; second += 1) {
    const [first] = doing('running');
    if (first)
      parts.set(first, { doing: fails.has(first) ? 'failed' : 'healthy', second: parts.get(first)?.second });
    for (const tenant of doing('asking')) {
      const told = ask(wave, parts, tenant);
      if (told === 'pending') continue;
      parts.set(tenant, {
        doing: told === 'ready' ? 'running' : 'refused',
        second: parts.get(tenant)?.second,
      });
    }
    const [next] = doing('queued');
    if (next && doing('asking', 'running').length < wave.inFlight)
      parts.set(next, { doing: 'asking', second });
    if (second > 1_000) throw new Error('the wave hangs');
  }
  return parts;
};
