// Judges as tables: a snapshot in AWS's own shape, and what it means.
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { Answer, Visit } from '../../../src/shared/diagnose/evidence.ts';
import { judgeDeployment } from '../../../src/shared/judge/deployment.ts';
import { judgeVisit, matches } from '../../../src/shared/judge/http.ts';
import { chooseLastGood, type PastDeployment } from '../../../src/shared/judge/last-good.ts';
import { judgeTargets } from '../../../src/shared/judge/targets.ts';
import { isSecretDenied, judgeTask } from '../../../src/shared/judge/task.ts';

const ours = 'ecs-svc/111';
const primary = (given: Partial<Deployment> = {}): Deployment => ({
  id: ours,
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  ...given,
});
const service = (given: Partial<Service> = {}): Service => ({
  serviceName: 's',
  status: 'ACTIVE',
  desiredCount: 1,
  runningCount: 1,
  deployments: [primary()],
  ...given,
});

type Row = readonly [string, Service | undefined, ServiceDeployment | undefined, string, RegExp];
const rows: readonly Row[] = [
  ['through', service(), { status: 'SUCCESSFUL' }, 'ready', /^$/],
  ['not shown yet', undefined, undefined, 'pending', /not show/],
  ['deleted', service({ status: 'INACTIVE' }), undefined, 'failed', /was deleted/],
  ['being deleted', service({ status: 'DRAINING' }), undefined, 'failed', /being deleted/],
  ['scaled to nothing', service({ desiredCount: 0, runningCount: 0 }), undefined, 'failed', /scaled to 0/],
  [
    'starting',
    service({ runningCount: 0, deployments: [primary({ rolloutState: 'IN_PROGRESS' })] }),
    { status: 'IN_PROGRESS' },
    'pending',
    /0 of 1/,
  ],
  [
    'completed, but one task short',
    service({ runningCount: 0 }),
    { status: 'SUCCESSFUL' },
    'pending',
    /0 of 1/,
  ],
  [
    'counting down',
    service({ deployments: [primary({ rolloutState: 'IN_PROGRESS' })] }),
    { status: 'IN_PROGRESS', deploymentCircuitBreaker: { failureCount: 1, threshold: 2 } },
    'pending',
    /gives up after 1 more/,
  ],
  [
    'failed',
    service({ deployments: [primary({ rolloutState: 'FAILED', rolloutStateReason: 'tasks failed' })] }),
    undefined,
    'failed',
    /tasks failed/,
  ],
  [
    'breaker tripped',
    service(),
    { status: 'IN_PROGRESS', deploymentCircuitBreaker: { status: 'TRIGGERED' } },
    'failed',
    /circuit breaker/,
  ],
  [
    'rolling back',
    service({ deployments: [primary({ id: 'ecs-svc/000' })] }),
    { status: 'ROLLBACK_IN_PROGRESS' },
    'failed',
    /rolled it back/,
  ],
  [
    'rolled back: stable is not enough',
    service({ deployments: [primary({ id: 'ecs-svc/000' })] }),
    { status: 'ROLLBACK_SUCCESSFUL' },
    'failed',
    /rolled it back/,
  ],
  [
    'first deployment',
    service(),
    { status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate was found to run the rollback.' },
    'failed',
    /no earlier revision/,
  ],
  ['rollback failed', service(), { status: 'ROLLBACK_FAILED' }, 'failed', /so did its rollback/],
  [
    'stopped by somebody',
    service(),
    { status: 'STOPPED', statusReason: 'by alice' },
    'failed',
    /stopped. by alice/,
  ],
  [
    'superseded',
    service({ deployments: [primary({ id: 'ecs-svc/222', taskDefinition: 'td:9' })] }),
    undefined,
    'failed',
    /superseded by ecs-svc\/222 \(td:9\)/,
  ],
];

const advice = {
  deleted: 'make it',
  draining: 'wait',
  scaledToZero: 'scale it',
  failed: 'read',
  rollbackFailed: 'go back',
  superseded: 'look',
};

describe('judgeDeployment', () => {
  test.each(rows)('%s', (_, found, deployment, kind, said) => {
    const verdict = judgeDeployment({ service: found, deployment }, ours, advice);
    expect(verdict.kind).toBe(kind);
    expect(verdict.kind === 'pending' ? verdict.why : verdict.kind === 'failed' ? verdict.what : '').toMatch(
      said,
    );
    if (verdict.kind === 'failed') expect(verdict.fix).not.toBe('');
  });
});

describe('judgeTargets', () => {
  const target = (
    Id: string,
    State: 'healthy' | 'unhealthy' | 'draining' | 'unused',
    Reason?: 'Target.NotInUse' | 'Target.ResponseCodeMismatch',
  ) => ({
    Target: { Id },
    TargetHealth: { State, ...(Reason ? { Reason } : {}) },
  });

  test.each([
    ['no address yet', [], [], 'pending', undefined],
    [
      'ours healthy, an old one draining',
      ['10.2.0.1'],
      [target('10.2.0.1', 'healthy'), target('10.2.0.9', 'draining')],
      'ready',
      undefined,
    ],
    [
      'an old one healthy, ours not there',
      ['10.2.0.1'],
      [target('10.2.0.9', 'healthy')],
      'pending',
      undefined,
    ],
    [
      'one of two unhealthy',
      ['10.2.0.1', '10.2.0.2'],
      [target('10.2.0.1', 'healthy'), target('10.2.0.2', 'unhealthy', 'Target.ResponseCodeMismatch')],
      'pending',
      undefined,
    ],
    [
      'no rule, or a zone',
      ['10.2.0.1'],
      [target('10.2.0.1', 'unused', 'Target.NotInUse')],
      'pending',
      undefined,
    ],
    ['no rule', ['10.2.0.1'], [target('10.2.0.1', 'unused', 'Target.NotInUse')], 'failed', []],
    ['a zone', ['10.2.0.1'], [target('10.2.0.1', 'unused', 'Target.NotInUse')], 'pending', ['arn:alb']],
  ] as const)('%s', (_, addresses, targets, kind, loadBalancers) => {
    expect(judgeTargets(addresses, targets, loadBalancers).kind).toBe(kind);
  });
});

describe('judgeVisit', () => {
  const url = 'https://a/';
  const asked = { host: 'a', redirectsTo: [], matcher: '200-399' };
  const visited = (answer: Answer): Visit => ({ by: 'public', hops: [{ url, answer }] });
  const answer = (status: number) =>
    ({ kind: 'answer', status, location: undefined, headers: {}, excerpt: '' }) as const;

  test.each([
    [200, 'ready'],
    [302, 'ready'],
    [401, 'failed'],
    [404, 'pending'],
    [500, 'pending'],
  ])('%d', (status, kind) => {
    expect(judgeVisit(visited(answer(status)), asked).kind).toBe(kind);
  });

  test('no answer is waited for, with its reason', () => {
    expect(judgeVisit(visited({ kind: 'no-answer', reason: 'ECONNREFUSED' }), asked)).toMatchObject({
      kind: 'pending',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.each([
    ['200,302', 302, true],
    ['200,302', 301, false],
    ['200-299,401', 401, true],
  ])('matcher %s of %d: %s', (matcher, status, expected) => {
    expect(matches(matcher, status)).toBe(expected);
  });
});

describe('judgeTask', () => {
  test('a task that is not shown yet is waited for', () => {
    expect(judgeTask(undefined, 'c').kind).toBe('pending');
  });

  test('only the watched container counts, and no exit code is not zero', () => {
    const stopped = {
      lastStatus: 'STOPPED',
      stoppedReason: 'Essential container in task exited',
      containers: [
        { name: 'other', exitCode: 0 },
        { name: 'c', reason: 'CannotPull' },
      ],
    };
    expect(judgeTask(stopped, 'c')).toEqual({
      kind: 'ready',
      value: { exitCode: undefined, reason: 'Essential container in task exited CannotPull', stopCode: '' },
    });
  });

  test('a refused secret is told from a refused image', () => {
    const denied =
      'ResourceInitializationError: unable to pull secrets: AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue';
    expect(isSecretDenied({ exitCode: undefined, reason: denied, stopCode: '' })).toBe(true);
    expect(isSecretDenied({ exitCode: 1, reason: denied, stopCode: '' })).toBe(false);
    expect(
      isSecretDenied({ exitCode: undefined, reason: 'CannotPullContainerError: AccessDenied', stopCode: '' }),
    ).toBe(false);
  });
});

describe('chooseLastGood', () => {
  const past = (...list: readonly (readonly [string, string])[]): readonly PastDeployment[] =>
    list.map(([status, taskDefinition], at) => ({ status, taskDefinition, createdAt: at }));

  test.each([
    ['the one before', 'td:2', past(['SUCCESSFUL', 'td:1'], ['SUCCESSFUL', 'td:2']), 'td:1'],
    [
      'never a revision that failed',
      'td:3',
      past(['SUCCESSFUL', 'td:1'], ['ROLLBACK_SUCCESSFUL', 'td:2'], ['SUCCESSFUL', 'td:3']),
      'td:1',
    ],
    [
      'out of a deployment that is under way',
      'td:2',
      past(['SUCCESSFUL', 'td:1'], ['IN_PROGRESS', 'td:2']),
      'td:1',
    ],
    [
      'past a forced redeployment of the same',
      'td:2',
      past(['SUCCESSFUL', 'td:1'], ['SUCCESSFUL', 'td:2'], ['SUCCESSFUL', 'td:2']),
      'td:1',
    ],
    [
      'nowhere: an earlier rollback went back',
      'td:1',
      past(['SUCCESSFUL', 'td:1'], ['SUCCESSFUL', 'td:2'], ['SUCCESSFUL', 'td:1']),
      'already-there',
    ],
    [
      'nowhere: an earlier rollback is on its way',
      'td:1',
      past(['SUCCESSFUL', 'td:1'], ['SUCCESSFUL', 'td:2'], ['IN_PROGRESS', 'td:1']),
      'already-there',
    ],
    [
      'past a rollback, once a newer release is out',
      'td:3',
      past(['SUCCESSFUL', 'td:1'], ['SUCCESSFUL', 'td:2'], ['SUCCESSFUL', 'td:1'], ['SUCCESSFUL', 'td:3']),
      'td:1',
    ],
    [
      'nowhere: ECS has gone back already',
      'td:1',
      past(['SUCCESSFUL', 'td:1'], ['ROLLBACK_SUCCESSFUL', 'td:2']),
      'already-there',
    ],
    ['nowhere: only one ever', 'td:1', past(['SUCCESSFUL', 'td:1']), 'none'],
    ['nowhere: none ever', 'td:1', past(['ROLLBACK_FAILED', 'td:1']), 'none'],
  ])('%s', (_, current, deployments, expected) => {
    const chosen = chooseLastGood(current, deployments);
    expect(chosen.kind === 'go-back' ? chosen.taskDefinition : chosen.kind).toBe(expected);
  });
});
