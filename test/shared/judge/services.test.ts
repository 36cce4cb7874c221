// Services as tables: what ECS shows, and what it means for a new deployment and for validation.
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import type { ApplicationService } from '../../../src/shared/fleet/application.ts';
import { checkAnswer } from '../../../src/shared/judge/health-check.ts';
import {
  checkService,
  findAbsence,
  findObstacle,
  judgeForced,
  needsHistory,
} from '../../../src/shared/judge/services.ts';
import { checkTargets } from '../../../src/shared/judge/target-groups.ts';

const named: ApplicationService = {
  name: 'api',
  service: 'envelope-prod-api',
  container: 'api',
  logGroup: '/ecs/envelope-prod-api',
  targetGroups: undefined,
};
const place = { cluster: 'envelope-prod-cluster', region: 'eu-west-2' };
const advice = {
  deleted: 'make it',
  draining: 'wait',
  scaledToZero: 'scale it',
  failed: 'read',
  rollbackFailed: 'go back',
  superseded: 'look who',
};

const at = 1_700_000_000_000;
const ours = { id: 'ecs-svc/222', createdAt: at };
const deployment = (given: Partial<Deployment> = {}): Deployment => ({
  id: ours.id,
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  createdAt: new Date(at),
  ...given,
});
const service = (given: Partial<Service> = {}): Service => ({
  serviceName: named.service,
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  taskDefinition: 'arn:aws:ecs:eu-west-2:123456789012:task-definition/envelope-prod-api:12',
  deployments: [deployment()],
  ...given,
});
const older = deployment({ id: 'ecs-svc/111', createdAt: new Date(at - 60_000) });
const newer = deployment({ id: 'ecs-svc/333', createdAt: new Date(at + 60_000) });
const demoted = deployment({ status: 'ACTIVE', rolloutState: 'FAILED', rolloutStateReason: 'tasks failed' });

type Row = readonly [
  title: string,
  service: Service | undefined,
  history: Pick<ServiceDeployment, 'status' | 'statusReason'> | undefined,
  kind: string,
  said: RegExp,
];
const forced: readonly Row[] = [
  ['through', service(), undefined, 'ready', /^$/],
  [
    'rolling out',
    service({ deployments: [deployment({ rolloutState: 'IN_PROGRESS', runningCount: 1 })] }),
    undefined,
    'pending',
    /1 of 2 tasks/,
  ],
  ['not shown yet, in either list', service({ deployments: [older] }), undefined, 'pending', /does not show/],
  [
    'shown in the history only',
    service({ deployments: [older] }),
    { status: 'IN_PROGRESS' },
    'pending',
    /does not show/,
  ],
  [
    'rolled back to the older one',
    service({ deployments: [older, demoted] }),
    { status: 'ROLLBACK_SUCCESSFUL', statusReason: 'breaker' },
    'failed',
    /rolled it back.*breaker/,
  ],
  [
    'superseded, history still silent',
    service({ deployments: [newer] }),
    undefined,
    'failed',
    /superseded by ecs-svc\/333/,
  ],
  [
    'superseded, and called stopped',
    service({ deployments: [newer, demoted] }),
    { status: 'STOPPED', statusReason: 'a new one began' },
    'failed',
    /superseded by ecs-svc\/333.*a new one began/,
  ],
  [
    'through before somebody deployed again',
    service({ deployments: [newer] }),
    { status: 'SUCCESSFUL' },
    'ready',
    /^$/,
  ],
  [
    'stopped by a person',
    service({ deployments: [deployment({ rolloutState: 'FAILED' })] }),
    { status: 'STOPPED', statusReason: 'by a user' },
    'failed',
    /was stopped. by a user/,
  ],
  [
    'scaled to nothing meanwhile',
    service({ desiredCount: 0, runningCount: 0, deployments: [deployment({ rolloutState: 'IN_PROGRESS' })] }),
    undefined,
    'ready',
    /^$/,
  ],
  [
    'deleted meanwhile',
    service({ status: 'INACTIVE', desiredCount: 0, deployments: [] }),
    undefined,
    'failed',
    /deleted/,
  ],
  ['not shown at all', undefined, undefined, 'pending', /does not show/],
];

describe('judgeForced', () => {
  test.each(forced)('%s', (_, shown, history, kind, said) => {
    const verdict = judgeForced({ service: shown, deployment: history }, ours, advice);
    expect(verdict.kind).toBe(kind);
    expect(verdict.kind === 'pending' ? verdict.why : verdict.kind === 'failed' ? verdict.what : '').toMatch(
      said,
    );
  });

  test('the history is asked for only where the service alone cannot tell', () => {
    expect(needsHistory(service(), ours)).toBe(false);
    expect(needsHistory(service({ deployments: [deployment({ rolloutState: 'IN_PROGRESS' })] }), ours)).toBe(
      false,
    );
    expect(needsHistory(service({ desiredCount: 0, deployments: [newer] }), ours)).toBe(false);
    expect(needsHistory(service({ deployments: [older] }), ours)).toBe(true);
    expect(needsHistory(service({ deployments: [deployment({ rolloutState: 'FAILED' })] }), ours)).toBe(true);
  });
});

describe('what stands in the way of a new deployment', () => {
  test('a service that is not there, goes, or is gone', () => {
    expect(findAbsence(undefined, named, place)?.fix).toContain('--cluster envelope-prod-cluster');
    expect(findAbsence(service({ status: 'DRAINING' }), named, place)?.what).toContain('being deleted');
    expect(findAbsence(service({ status: 'INACTIVE' }), named, place)?.what).toContain('deleted (INACTIVE)');
    expect(findAbsence(service(), named, place)).toBeUndefined();
  });

  test('another controller than ECS', () => {
    expect(findObstacle(service({ deploymentController: { type: 'CODE_DEPLOY' } }), named)?.what).toContain(
      'CodeDeploy',
    );
    expect(findObstacle(service({ deploymentController: { type: 'EXTERNAL' } }), named)?.what).toContain(
      'EXTERNAL',
    );
    expect(findObstacle(service({ deploymentController: { type: 'ECS' } }), named)).toBeUndefined();
    expect(findObstacle(service(), named)).toBeUndefined();
  });
});

describe('checkService', () => {
  test.each([
    ['as wanted', service(), 'passed', /2 of 2 tasks running; envelope-prod-api:12/],
    ['a task short', service({ runningCount: 1 }), 'pending', /1 of 2/],
    ['a task too many', service({ runningCount: 3 }), 'pending', /3 of 2/],
    [
      'rolling out',
      service({ deployments: [deployment({ rolloutState: 'IN_PROGRESS', failedTasks: 2 })] }),
      'pending',
      /rolling out, 2 tasks failed/,
    ],
    [
      'its last deployment failed',
      service({ deployments: [deployment({ rolloutState: 'FAILED', rolloutStateReason: 'breaker' })] }),
      'failed',
      /breaker/,
    ],
    ['scaled to nothing', service({ desiredCount: 0, runningCount: 0 }), 'passed', /scaled to 0/],
    ['deleted', service({ status: 'INACTIVE' }), 'failed', /INACTIVE/],
    ['not shown', undefined, 'pending', /does not show/],
    ['of CodeDeploy, which has no deployments', service({ deployments: [] }), 'passed', /2 of 2/],
  ] as const)('%s', (_, shown, state, detail) => {
    const check = checkService(shown, named, place);
    expect(check.state).toBe(state);
    expect(check.detail).toMatch(detail);
    expect(check.fix === '').toBe(state === 'passed');
  });
});

const target = (id: string, State: string, Reason?: string, Description?: string): TargetHealthDescription =>
  ({
    Target: { Id: id, Port: 8000 },
    TargetHealth: { State, Reason, Description },
  }) as TargetHealthDescription;

describe('checkTargets', () => {
  const sight = {
    name: 'api-tg',
    arn: 'arn:tg',
    region: 'eu-west-2',
    service: 'api',
    desired: 2,
    registered: true,
    loadBalancers: undefined,
  };
  const [one, two] = [target('10.0.0.1', 'healthy'), target('10.0.0.2', 'healthy')];
  test.each([
    ['all healthy', [one, two], 'passed', /2 of 2/],
    ['old ones drain beside them', [one, two, target('10.0.0.9', 'draining')], 'passed', /2 of 2/],
    ['one is not registered yet', [one], 'pending', /1 of 2/],
    [
      'one is unhealthy',
      [one, target('10.0.0.2', 'unhealthy', 'Target.Timeout')],
      'pending',
      /10.0.0.2:8000 is unhealthy \(Target.Timeout\)/,
    ],
    [
      'enough are healthy, and one more is not',
      [one, two, target('10.0.0.3', 'initial')],
      'pending',
      /10.0.0.3/,
    ],
    ['only draining ones', [target('10.0.0.9', 'draining')], 'pending', /0 of 2/],
  ] as const)('%s', (_, targets, state, detail) => {
    const check = checkTargets({ ...sight, targets });
    expect([check.state, check.detail]).toEqual([state, expect.stringMatching(detail)]);
  });

  test.each([
    ['no load balancer uses the group', [], 'failed', /no listener rule/, /describe-rules/],
    [
      "one does, so the target's zone is not its own",
      ['arn:lb'],
      'pending',
      /10.0.0.1 is in a zone that the load balancer/,
      /set-subnets .*--load-balancer-arn arn:lb/,
    ],
    [
      'nobody may say',
      undefined,
      'pending',
      /no listener rule .* or .* zone/,
      /describe-target-groups .*LoadBalancerArns/,
    ],
  ] as const)('an unused target: %s', (_, loadBalancers, state, detail, fix) => {
    const targets = [one, target('10.0.0.1', 'unused', 'Target.NotInUse')];
    expect(checkTargets({ ...sight, loadBalancers, targets })).toMatchObject({
      state,
      detail: expect.stringMatching(detail),
      fix: expect.stringMatching(fix),
    });
  });

  test('a redirect to the health check is told with the command that accepts it', () => {
    const ill = target(
      '10.0.0.1',
      'unhealthy',
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [302]',
    );
    const { fix } = checkTargets({ ...sight, targets: [ill] });
    expect(fix).toContain(
      'aws elbv2 modify-target-group --region eu-west-2 --target-group-arn arn:tg --matcher \'HttpCode="200,302"\'',
    );
  });

  test('a target group that ECS does not register the service with, and one of a service scaled to nothing', () => {
    expect(checkTargets({ ...sight, registered: false, targets: [] }).state).toBe('failed');
    expect(checkTargets({ ...sight, desired: 0, targets: [] }).state).toBe('passed');
  });
});

describe('checkAnswer', () => {
  const up = { name: 'api', url: 'https://api.envelope.host/up', matcher: '200', contains: 'Application up' };
  const answer = (status: number, body = '', location?: string) =>
    ({ kind: 'answer', status, location, headers: {}, body }) as const;
  test.each([
    ['status and text', up, answer(200, '<p>Application up</p>'), 'passed'],
    ['the right status without the text', up, answer(200, 'It works!'), 'pending'],
    ['the text with a wrong status', up, answer(503, 'Application up'), 'pending'],
    ['a redirect, which is not followed', up, answer(302, '', '/login'), 'pending'],
    [
      'a redirect that is wanted',
      { ...up, matcher: '200,302', contains: undefined },
      answer(302, '', '/login'),
      'passed',
    ],
    ['nothing', up, { kind: 'no-answer', reason: 'ECONNREFUSED' } as const, 'pending'],
  ] as const)('%s', (_, wanted, got, state) => {
    const check = checkAnswer(wanted, got);
    expect(check.state).toBe(state);
    expect(check.detail).toContain(wanted.url);
  });
});
