// `node scripts/bench/fleet-of.ts <folder> [tenants]` writes a sound fleet of that many tenants, 10,000 where none is
// given: one environment whose `rest` makes ten waves of them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { File } from '../../src/shared/fleet/reader.ts';

const waves = 10;

/** The files by their paths below the fleet's folder. */
export const fleetOf = (tenants: number): readonly File[] => [
  { path: 'defaults.yml', text: defaults },
  { path: 'environments/sit.yml', text: environmentOf(Math.max(1, Math.ceil(tenants / waves))) },
  ...Array.from({ length: tenants }, (_, index) => tenantOf(index + 1)),
];

const defaults = `image: wordpress:6.8-php8.3-apache
variables:
  WORDPRESS_CONFIG_EXTRA: |
    define('WP_HOME', 'https://{host}');
    define('WP_SITEURL', 'https://{host}');
tags:
  Project: wordpress-hosting
`;

const environmentOf = (size: number): string => `name: sit
accountId: "815856636111"
region: eu-west-1
domain: wpsit.kimmyai.io
cluster: sit-cluster
executionRole: sit-ecs-task-execution-role
loadBalancer: {name: sit-alb, listenerPort: 80}
network:
  subnets: [subnet-09d1d2de85ae02264, subnet-00e96b70ba19dffc5]
  securityGroups: [sg-01bca1fb9806ad397]
fileSystem: fs-0be15624e203bf94a
logGroup: /ecs/sit
database:
  host: sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com
  masterSecret: sit-rds-master-credentials
rollout: {maxConcurrency: 64, failureBudget: "1%"}
waves:
  - name: batch
    rest: {size: ${size}}
`;

const tenantOf = (number: number): File => {
  const name = `site-${String(number).padStart(5, '0')}`;
  const text = `# ${name} is one of many.
name: ${name}
memory: 2048
environments:
  sit:
    priority: ${number}
    tags: {Owner: team-${number % 17}}
`;
  return { path: `tenants/${name}.yml`, text };
};

export const writeFleet = (folder: string, tenants: number): void => {
  for (const { path, text } of fleetOf(tenants)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
};

if (import.meta.main) {
  const [folder, tenants = '10000'] = process.argv.slice(2);
  if (folder) writeFleet(folder, Number(tenants));
  else {
    console.error('A folder is needed: node scripts/bench/fleet-of.ts <folder> [tenants]');
    process.exitCode = 1;
  }
}
