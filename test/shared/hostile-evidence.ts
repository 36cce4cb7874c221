// A failed deployment in which every text that others write says the same thing.
import type { Evidence } from '../../src/shared/diagnose/evidence.ts';

const at = Date.UTC(2026, 10, 22, 10);

export const evidenceSaying = (text: string, state: Evidence['state'] = 'failed'): Evidence => ({
  facts: {
    subject: 'goldencrust',
    tenant: 'goldencrust',
    service: 'sit-goldencrust-service',
    region: 'eu-west-1',
  },
  kind: 'tenant',
  state,
  now: at + 600_000,
  deployment: {
    id: 'ecs-svc/1',
    createdAt: at,
    status: 'ROLLBACK_SUCCESSFUL',
    reason: text,
    rolloutState: 'FAILED',
    desired: 1,
    runningCount: 1,
    failedTasks: 3,
    breaker: { status: 'TRIGGERED', failures: 3, threshold: 3 },
    gracePeriodSeconds: 120,
    isFirst: true,
  },
  events: [{ at: at + 1_000, text }],
  stopped: [
    {
      id: 'a1',
      stopCode: 'EssentialContainerExited',
      reason: text,
      address: '10.2.3.4',
      startedAt: at + 2_000,
      stoppedAt: at + 3_000,
      containers: [{ name: 'wordpress', exitCode: 1, reason: text }],
    },
  ],
  running: [{ id: 'a2', address: '10.2.3.5', startedAt: at + 4_000 }],
  targets: [
    {
      at: at + 5_000,
      address: '10.2.3.4',
      port: 80,
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: text,
    },
  ],
  visits: [
    {
      by: 'public',
      hops: [
        {
          url: 'https://goldencrust.wpsit.kimmyai.io/',
          answer: { kind: 'answer', status: 302, location: text, headers: { server: text }, excerpt: '' },
        },
        {
          url: text,
          answer: { kind: 'answer', status: 500, location: undefined, headers: {}, excerpt: text },
        },
      ],
    },
  ],
  logs: [
    {
      taskId: 'a1',
      group: '/ecs/sit',
      stream: 'goldencrust/wordpress/a1',
      kind: 'read',
      lines: [{ at: at + 2_500, text }],
    },
  ],
  definition: undefined,
  targetGroup: undefined,
  listener: undefined,
  network: undefined,
  unread: [text],
});
