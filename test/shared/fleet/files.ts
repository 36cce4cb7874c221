// A small sound fleet to break: one platform, one tenant, the files by their paths.

import { formatProblem } from '../../../src/shared/errors.ts';
import { type Fleet, parseFleet } from '../../../src/shared/fleet/fleet.ts';

export const environmentText = `name: sit
accountId: "815856636111"
region: eu-west-1
domain: wpsit.kimmyai.io
cluster: sit-cluster
executionRole: sit-ecs-task-execution-role
loadBalancer: {name: sit-alb, listenerPort: 80}
network:
  subnets: [subnet-09d1d2de85ae02264]
  securityGroups: [sg-01bca1fb9806ad397]
fileSystem: fs-0be15624e203bf94a
logGroup: /ecs/sit
database:
  host: sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com
  masterSecret: sit-rds-master-credentials
`;

/** The environment with one line replaced; the line must be there. */
export const environmentWith = (line: string, instead: string): string => {
  if (!environmentText.includes(line)) throw new Error(`no line ${line}`);
  return environmentText.replace(line, instead);
};

export const tenantText = (name: string, more = ''): string =>
  `name: ${name}\nimage: wordpress:6.8-php8.3-apache\nenvironments:\n  sit: {}\n${more}`;

type Texts = Readonly<Record<string, string>>;

/** Sound files with some replaced or added, by their path below `fleet/`. */
export const filesWith = (texts: Texts) =>
  Object.entries({
    'environments/sit.yml': environmentText,
    'tenants/goldencrust.yml': tenantText('goldencrust'),
    ...texts,
  }).map(([path, text]) => ({ path: `fleet/${path}`, text }));

export const problemsWith = (texts: Texts): readonly string[] => {
  const parsed = parseFleet(filesWith(texts));
  return parsed.kind === 'problems' ? parsed.problems.map(formatProblem) : [];
};

export const fleetWith = (texts: Texts): Fleet => {
  const parsed = parseFleet(filesWith(texts));
  if (parsed.kind === 'problems') throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.fleet;
};
