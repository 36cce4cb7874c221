// How long after the cloud is healthy wait-healthy says so. The sandbox is looked at every 100 ms from inside; tenants
// start one after the other and each wait begins at a moment of its own, so that no two look in step.
import { setTimeout as pause } from 'node:timers/promises';
import { ECS } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import type { OpenSandbox } from '../../sandbox/open.ts';
import { type Row, spread, verdict } from './measure.ts';
import { callAction, openSit } from './steps.ts';

const tenants = [
  'goldencrust',
  'tenant1',
  'tenant2',
  'sunsetbistro',
  'sterlinglaw',
  'ironpeak',
  'premierprop',
];
const limitSeconds = 5;

export const measureHealthy = async (say: (line: string) => void): Promise<readonly Row[]> => {
  say('how soon healthy is said');
  const open = await openSit(4);
  try {
    const waits: Promise<number>[] = [];
    for (const [index, tenant] of tenants.entries()) {
      const call = { action: 'provision-tenant', tenant, env: open.env };
      await callAction({ ...call, inputs: { steps: 'secret,access' } });
      await callAction({ ...call, inputs: {} });
      waits.push(secondsLate(open, tenant, (index * 5_000) / tenants.length));
    }
    const late = await Promise.all(waits);
    return [
      {
        what: 'Healthy is said after it is true',
        measured: spread(late, ' s', 1),
        samples: `${late.length} tenants`,
        budget: `≤ ${limitSeconds} s`,
        met: verdict(late, limitSeconds),
      },
    ];
  } finally {
    await open.close();
  }
};

const secondsLate = async (open: OpenSandbox, tenant: string, startMs: number): Promise<number> => {
  const truth = whenHealthy(open, tenant);
  await pause(startMs);
  let saidAt = 0;
  const inputs = { probe: `${open.siteUrl}/`, 'stable-seconds': '0' };
  const said = callAction(
    { action: 'wait-healthy', tenant, inputs, env: open.env },
    {
      onLine: (line) => {
        if (line.includes(': healthy after')) saidAt = performance.now();
      },
    },
  );
  const [healthyAt] = await Promise.all([truth, said]);
  return (saidAt - healthyAt) / 1_000;
};

/** The moment when the deployment is completed and every target healthy. */
const whenHealthy = async ({ sandbox }: OpenSandbox, tenant: string): Promise<number> => {
  const client = {
    region: sandbox.cloud.region,
    endpoint: 'http://sandbox.invalid',
    credentials: { accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' },
    requestHandler: inProcessHandler(sandbox),
  };
  const [ecs, elb] = [new ECS(client), new ElasticLoadBalancingV2(client)];
  for (;;) {
    const { services } = await ecs.describeServices({
      cluster: 'sit-cluster',
      services: [`sit-${tenant}-service`],
    });
    const service = services?.[0];
    const TargetGroupArn = service?.loadBalancers?.[0]?.targetGroupArn;
    if (TargetGroupArn && service.deployments?.every(({ rolloutState }) => rolloutState === 'COMPLETED')) {
      const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn });
      if (TargetHealthDescriptions.every(({ TargetHealth }) => TargetHealth?.State === 'healthy'))
        return performance.now();
    }
    await pause(100);
  }
};
