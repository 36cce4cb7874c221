// A tenant of the real SIT environment whose deployment meets what a test has arranged, on the virtual clock.
import { readFile } from 'node:fs/promises';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { createLab, type Lab } from '../lab.ts';
import { createClients, sit } from './fixture.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';

export const service = 'sit-goldencrust-service';
export const image = 'wordpress:6.8-php8.3-apache';
export const secretName = 'sit-goldencrust-db-credentials';
export const subnets = ['subnet-09d1d2de85ae02264', 'subnet-00e96b70ba19dffc5'];
export const fileSystem = 'fs-0be15624e203bf94a';
export const taskGroup = 'sg-01bca1fb9806ad397';

export type Arrange = (neighbours: Sandbox['neighbours'], lab: Lab) => void;

/** Secret and database are there; nothing of the tenant runs yet. `tag` replaces the image of the manifests. */
export const prepare = async (tag?: string): Promise<Lab> => {
  const lab = await createLab();
  if (tag) lab.edit(manifest, `${await readFile(manifest, 'utf8')}\nimage: wordpress:${tag}\n`);
  await lab.run('provision-tenant', { steps: 'secret,access' });
  await lab.run('run-db-init');
  return lab;
};

/** Provisions, arranges before the first task fetches anything, and lets the cloud's time pass. */
export const deploy = async (lab: Lab, arrange: Arrange = () => {}, ms = 360_000): Promise<void> => {
  await lab.run('provision-tenant');
  arrange(lab.sandbox.neighbours, lab);
  await lab.clock.sleep(ms);
};

export const tasksOf = ({ sandbox }: Lab) =>
  sandbox.neighbours.ecs.tasks().filter((task) => task.service !== undefined);

/** Codes and reasons of the tasks that failed, each once. */
export const stopsOf = (lab: Lab): readonly string[] => [
  ...new Set(tasksOf(lab).flatMap(({ stop }) => (stop?.failure ? [`${stop.code}: ${stop.reason}`] : []))),
];

/** The service's events, newest first, without its name. */
export const eventsOf = ({ sandbox }: Lab): readonly string[] => {
  const described = sandbox.neighbours.ecs.operations.DescribeServices({
    cluster: sit.cluster,
    services: [service],
  });
  const events = described.services?.[0]?.events ?? [];
  return events.map(({ message = '' }) => message.replace(`(service ${service}) `, ''));
};

/** What the web containers logged. */
export const linesOf = async ({ sandbox }: Lab): Promise<readonly string[]> => {
  const { events = [] } = await createClients(sandbox).logs.filterLogEvents({
    logGroupName: sit.logGroup,
    logStreamNamePrefix: 'goldencrust/',
  });
  return events.map(({ message = '' }) => message);
};
