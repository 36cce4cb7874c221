// Plain values of an execution, with overrides.
import type { ActionRun, Execution, Progress } from '../../../src/shared/pipeline/types.ts';

export const nine = Date.UTC(2026, 0, 5, 9);

export const ours = '11111111-1111-4111-8111-111111111111';
export const theirs = '22222222-2222-4222-8222-222222222222';

/** The id is made of stage, action and status, so that a list of different runs needs none. */
export const aRun = (overrides: Partial<ActionRun> = {}): ActionRun => {
  const run = { stage: 'Build', action: 'Build', startedAt: nine, ...overrides };
  return {
    id: `${run.stage}/${run.action} at ${run.startedAt}`,
    category: 'Build',
    provider: 'CodeBuild',
    status: 'Succeeded',
    updatedAt: run.startedAt + 60_000,
    externalId: undefined,
    externalUrl: undefined,
    externalSummary: undefined,
    error: undefined,
    updatedBy: undefined,
    ...run,
  };
};

export const anExecution = (overrides: Partial<Execution> = {}): Execution => ({
  id: ours,
  status: 'InProgress',
  statusSummary: undefined,
  mode: 'SUPERSEDED',
  type: 'STANDARD',
  ...overrides,
});

export const aProgress = (overrides: Partial<Progress> = {}): Progress => ({
  execution: anExecution(),
  actions: [],
  blocked: undefined,
  approval: undefined,
  ...overrides,
});

export const failed = (overrides: Partial<ActionRun> = {}): ActionRun =>
  aRun({ status: 'Failed', error: { code: 'JobFailed', message: 'exit status 1' }, ...overrides });
