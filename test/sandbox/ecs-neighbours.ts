// Hand-made neighbours of ECS, with switches, and containers that are a few lines of program each.
import { createVirtualClock } from '../../sandbox/aws/clock.ts';
import { AwsError, type Cloud } from '../../sandbox/aws/cloud.ts';
import type { Exit, Runtime } from '../../sandbox/aws/containers/runtime.ts';
import type { ElbPort, Neighbours, TargetHealth } from '../../sandbox/aws/ports.ts';

export const role = 'arn:aws:iam::815856636111:role/sit-ecs-task-execution-role';
export const secret =
  'arn:aws:secretsmanager:eu-west-1:815856636111:secret:sit-goldencrust-db-credentials-4ggyNQ';
export const targetGroup =
  'arn:aws:elasticloadbalancing:eu-west-1:815856636111:targetgroup/sit-goldencrust-tg/df19514b27127969';

export type Switches = {
  denied: boolean;
  attached: boolean;
  hasTargetGroup: boolean;
  hasLogGroup: boolean;
  accessPoint: string;
  /** What the web containers answer, by image. */
  readonly statusOf: Map<string, number>;
};

/** Images: web:* answers until stopped, job:ok and job:bad exit at once, job:crash after two seconds. */
export const createRuntime =
  (switches: Switches, seen: Record<string, string>[]): Runtime =>
  (spec, host) => {
    const [kind = '', tag = ''] = spec.image.split(':');
    if (kind !== 'web' && kind !== 'job') return undefined;
    seen.push({ ...spec.environment });
    let end: (exit: Exit) => void = () => {};
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    host.log(`${spec.image} ${spec.command.join(' ')}`.trim());
    if (kind === 'job' && tag === 'ok') end({ code: 0 });
    if (kind === 'job' && tag === 'bad') end({ code: 3 });
    if (kind === 'job' && tag === 'crash') host.clock.after(2_000, () => end({ code: 1 }));
    return {
      exited,
      stop: () => {
        if (tag !== 'deaf') end({ code: 143 });
      },
      request: async () => ({
        kind: 'answer',
        status: switches.statusOf.get(spec.image) ?? 200,
        headers: {},
        body: '',
      }),
    };
  };

type Registered = { state: TargetHealth['state']; status: () => Promise<number> };

/** Probes a target ten seconds after registration and every ten seconds while somebody holds it. */
const createElb = (clock: Cloud['clock'], switches: Switches): ElbPort => {
  const targets = new Map<string, Registered>();
  const check = (id: string): void => {
    clock.after(10_000, async () => {
      const target = targets.get(id);
      if (!target || target.state === 'draining') return;
      target.state = (await target.status()) === 200 ? 'healthy' : 'unhealthy';
      check(id);
    });
  };
  return {
    operations: {},
    hasTargetGroup: (arn) => arn === targetGroup,
    isAttached: () => switches.attached,
    register: (_, { id, request }) => {
      if (!switches.hasTargetGroup)
        throw new AwsError('TargetGroupNotFound', 'The target group does not exist');
      const status = async (): Promise<number> => {
        const answer = await request({ path: '/', host: '', headers: {} });
        return answer.kind === 'answer' ? answer.status : 0;
      };
      targets.set(id, { state: 'initial', status });
      check(id);
    },
    deregister: (_, { id }) => {
      const target = targets.get(id);
      if (target) target.state = 'draining';
      clock.after(5_000, () => void targets.delete(id));
    },
    health: (_, { id }) => {
      const state = targets.get(id)?.state;
      if (!state) return undefined;
      return state === 'unhealthy'
        ? { state, description: 'Health checks failed with these codes: [500]' }
        : { state };
    },
    senders: () => [],
    visit: async () => ({ kind: 'no-answer', reason: 'refused' }),
  };
};

export const createNeighbours = (
  clock: Cloud['clock'],
  switches: Switches,
  lines: { group: string; stream: string; message: string }[],
): Neighbours => ({
  secrets: {
    operations: {},
    resolve: (valueFrom) =>
      valueFrom.startsWith(secret)
        ? { kind: 'value', value: 'not-a-real-password', arn: secret }
        : { kind: 'refused', reason: `failed to fetch secret ${valueFrom}: ResourceNotFoundException` },
  },
  iam: {
    operations: {},
    hasRole: (arn) => arn === role,
    isTaskRole: (arn) => arn === role,
    allows: () => !switches.denied,
  },
  efs: {
    operations: {},
    accessPoint: (id) =>
      id === switches.accessPoint ? { fileSystemId: 'fs-0be15624e203bf94a', state: 'available' } : undefined,
    mountTargetGroups: () => [],
  },
  ecr: { pull: () => 'fine' },
  logs: {
    operations: {},
    hasGroup: () => switches.hasLogGroup,
    put: (line) => void lines.push({ ...line }),
  },
  rds: { operations: {}, databases: [], instance: () => undefined },
  ec2: {
    operations: {},
    hasSubnet: (id) => id === 'subnet-09d1d2de85ae02264',
    hasSecurityGroup: (id) => id === 'sg-01bca1fb9806ad397',
    hasAddresses: () => true,
    reachesInternet: () => true,
    hasEndpoint: () => false,
    admits: () => true,
  },
  elb: createElb(clock, switches),
});

export const createIds = (): Cloud['newId'] => {
  let count = 0;
  return (length) => (++count).toString(16).padStart(length, '0').slice(-length);
};

/** The virtual clock, and the timers of whoever uses `clock`: those of `virtual` are not counted. */
export const createCountingClock = () => {
  const virtual = createVirtualClock();
  const timers = new Set<object>();
  const clock: Cloud['clock'] = {
    now: virtual.now,
    after: (ms, body) => {
      const timer = {};
      timers.add(timer);
      const cancel = virtual.after(ms, () => {
        timers.delete(timer);
        return body();
      });
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  return { clock, virtual, timers };
};
