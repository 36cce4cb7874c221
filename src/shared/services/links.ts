// Addresses of services in the AWS console.
import type { Application, ApplicationService } from '../fleet/application.ts';
import { consoleOf } from '../pipeline/links.ts';

export const serviceUrl = (
  { cluster, environment: { region } }: Application,
  { service }: ApplicationService,
): string =>
  `${consoleOf(region)}/ecs/v2/clusters/${cluster}/services/${service}/deployments?region=${region}`;
