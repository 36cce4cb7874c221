// Where a person goes on from a message: pages of the AWS console, and commands to paste. Pure.
import { clusterPage, consolePage } from '../console.ts';
import type { Application } from '../fleet/application.ts';
import type { Which } from './executions.ts';

type Place = Pick<Application, 'environment'>;

/** Developer Tools > Settings > Connections, where a source connection is authorised. */
export const connectionsPage = (place: Place): string =>
  consolePage(place.environment.region, '/codesuite/settings/connections');

export const servicePage = (
  application: Pick<Application, 'environment' | 'cluster'>,
  service: string,
): string => clusterPage(application, `services/${service}/health`);

export const buildPage = (place: Place, buildId: string): string => {
  const project = encodeURIComponent(buildId.split(':')[0] ?? '');
  const projects = `/codesuite/codebuild/${place.environment.accountId}/projects`;
  return consolePage(
    place.environment.region,
    `${projects}/${project}/build/${encodeURIComponent(buildId)}/log`,
  );
};

export const stopCommand = (place: Place, which: Which): string =>
  `aws codepipeline stop-pipeline-execution ${options(place, which)}`;

export const retryCommand = (place: Place, which: Which, stage: string): string =>
  `aws codepipeline retry-stage-execution --stage-name ${stage} --retry-mode FAILED_ACTIONS ${options(place, which)}`;

const options = ({ environment: { region } }: Place, { pipeline, executionId }: Which): string =>
  `--pipeline-name ${pipeline} --pipeline-execution-id ${executionId} --region ${region}`;
