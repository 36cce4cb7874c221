// How soon a deployment that cannot succeed is called so, against the circuit breaker's own end. On a virtual clock: seconds
// are the cloud's, whatever this machine does meanwhile.
import { readFile } from 'node:fs/promises';
import { ECS } from '@aws-sdk/client-ecs';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { Diagnosed } from '../../src/shared/errors.ts';
import { createLab, type Lab } from '../../test/lab.ts';
import { type Row, spread, verdict } from './measure.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const place = { cluster: 'sit-cluster', service: 'sit-goldencrust-service' };
const secret = 'sit-goldencrust-db-credentials';
/** wait-healthy's longest pause between two looks. */
const pollSeconds = 5;
const patienceSeconds = 3_600;

type Failure = {
  readonly name: string;
  readonly image?: string;
  /** Once everything is provisioned, before the first task starts. */
  readonly spoil?: (lab: Lab) => unknown;
};

const failures: readonly Failure[] = [
  { name: 'image not found', image: 'ghost:latest' },
  { name: 'image of another architecture', image: 'wordpress:other-processor' },
  {
    name: 'secret without its key',
    spoil: ({ sandbox }) =>
      sandbox.neighbours.secrets.spoil(secret, { kind: 'without-key', key: 'password' }),
  },
  {
    name: 'secret marked for deletion',
    spoil: ({ sandbox }) => sandbox.neighbours.secrets.spoil(secret, { kind: 'pending-deletion' }),
  },
  { name: 'database dropped', spoil: ({ database }) => database.dropDatabase('goldencrust_db') },
];

/** Failed tasks after which the circuit breaker ends it: the least of ECS's own setting, and one that is patient. */
const thresholds = [3, 10];

type Ends = { readonly called: number; readonly breaker: number };

export const measureHopeless = async (say: (line: string) => void): Promise<readonly Row[]> => {
  const ends = new Map<number, readonly Ends[]>();
  for (const threshold of thresholds) {
    const all: Ends[] = [];
    for (const failure of failures) {
      say(`how soon hopeless is said: ${failure.name}, threshold ${threshold}`);
      all.push(await measure(failure, threshold));
    }
    ends.set(threshold, all);
  }
  const called = [...ends.values()].flat().map((end) => end.called);
  const names = failures.map(({ name }) => name).join(', ');
  return [
    {
      what: 'A hopeless deployment is called so, after its second task stopped',
      measured: spread(called, ' s', 1),
      samples: `${called.length} deployments: ${names}`,
      budget: `≤ ${pollSeconds} s, a poll`,
      met: verdict(called, pollSeconds),
    },
    ...[...ends].map(([threshold, all]) => breakerRow(threshold, all)),
  ];
};

const breakerRow = (threshold: number, all: readonly Ends[]): Row => ({
  what: `the circuit breaker with threshold ${threshold} ends it, after the same moment`,
  measured: spread(
    all.map((end) => end.breaker),
    ' s',
    1,
  ),
  samples: `${all.length} deployments`,
  budget: '',
  met: '',
});

/** Seconds after the second task of the deployment stopped. */
const measure = async ({ name, image, spoil }: Failure, threshold: number): Promise<Ends> => {
  const lab = await createLab();
  const own = `circuitBreaker:\n  threshold: ${threshold}\n${image ? `image: ${image}\n` : ''}`;
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\n${own}`);
  await lab.run('provision-tenant', { steps: 'secret,access' });
  await lab.run('run-db-init');
  await lab.run('provision-tenant');
  await spoil?.(lab);
  const end = await lab.run('wait-healthy', { 'timeout-minutes': '60' }).catch((error: unknown) => error);
  if (!(end instanceof Diagnosed)) throw new Error(`${name}: not diagnosed: ${String(end)}`);
  const calledAt = lab.clock.now();
  const [, second] = await stops(lab);
  if (second === undefined) throw new Error(`${name}: only one task stopped`);
  const brokenAt = await breakerEnd(lab);
  return { called: (calledAt - second) / 1_000, breaker: (brokenAt - second) / 1_000 };
};

const connect = ({ sandbox }: Lab): ECS =>
  new ECS({
    region: sandbox.cloud.region,
    endpoint: 'http://sandbox.invalid',
    credentials: { accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' },
    requestHandler: inProcessHandler(sandbox),
  });

/** When the containers of each task had stopped, oldest first: then ECS's answer has exit codes. Some never started. */
const stops = async (lab: Lab): Promise<readonly number[]> => {
  const ecs = connect(lab);
  const { cluster, service: serviceName } = place;
  const { taskArns = [] } = await ecs.listTasks({ cluster, serviceName, desiredStatus: 'STOPPED' });
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
  return tasks
    .flatMap(({ executionStoppedAt, stoppingAt }) => (executionStoppedAt ?? stoppingAt)?.getTime() ?? [])
    .toSorted((a, b) => a - b);
};

const breakerEnd = async (lab: Lab): Promise<number> => {
  const ecs = connect(lab);
  for (let second = 0; second < patienceSeconds; second++) {
    const { services } = await ecs.describeServices({ cluster: place.cluster, services: [place.service] });
    if (services?.[0]?.deployments?.some(({ rolloutState }) => rolloutState === 'FAILED'))
      return lab.clock.now();
    await lab.clock.sleep(1_000);
  }
  throw new Error(`The circuit breaker did not end it within ${patienceSeconds} s.`);
};
