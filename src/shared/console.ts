// Pages of the AWS console, in each partition. Pure.
import type { Application } from './fleet/application.ts';

const hostOf = (region: string): string =>
  region.startsWith('cn-')
    ? `${region}.console.amazonaws.cn`
    : region.startsWith('us-gov-')
      ? `${region}.console.amazonaws-us-gov.com`
      : `${region}.console.aws.amazon.com`;

/** `path` begins with a slash and has its parts encoded. */
export const consolePage = (region: string, path: string): string =>
  `https://${hostOf(region)}${path}?region=${region}`;

type Cluster = {
  readonly environment: Pick<Application['environment'], 'region'>;
  readonly cluster: string;
};

/** A page of an ECS cluster: `services/<name>/deployments`, `tasks/<id>`. */
export const clusterPage = ({ environment: { region }, cluster }: Cluster, path: string): string =>
  consolePage(region, `/ecs/v2/clusters/${cluster}/${path}`);
