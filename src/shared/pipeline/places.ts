// Where a person goes on from a message: pages of the AWS console, and commands to paste. Pure.
import type { Application } from '../fleet/application.ts';
import type { Which } from './executions.ts';
import { consoleOf } from './links.ts';

type Place = Pick<Application, 'environment'>;

const page = ({ environment: { region } }: Place, path: string): string =>
  `${consoleOf(region)}${path}?region=${region}`;

/** Developer Tools > Settings > Connections, where a source connection is authorised. */
export const connectionsPage = (place: Place): string => page(place, '/codesuite/settings/connections');

export const servicePage = (
  application: Pick<Application, 'environment' | 'cluster'>,
  service: string,
): string => page(application, `/ecs/v2/clusters/${application.cluster}/services/${service}/health`);

export const buildPage = (place: Place, buildId: string): string => {
  const project = encodeURIComponent(buildId.split(':')[0] ?? '');
  const projects = `/codesuite/codebuild/${place.environment.accountId}/projects`;
  return page(place, `${projects}/${project}/build/${encodeURIComponent(buildId)}/log`);
};

export const stopCommand = (place: Place, which: Which): string =>
  `aws codepipeline stop-pipeline-execution ${options(place, which)}`;

export const retryCommand = (place: Place, which: Which, stage: string): string =>
  `aws codepipeline retry-stage-execution --stage-name ${stage} --retry-mode FAILED_ACTIONS ${options(place, which)}`;

const options = ({ environment: { region } }: Place, { pipeline, executionId }: Which): string =>
  `--pipeline-name ${pipeline} --pipeline-execution-id ${executionId} --region ${region}`;
