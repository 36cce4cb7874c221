// Addresses of pipelines in the AWS console, in each partition.
import type { Application } from '../fleet/application.ts';
import type { Which } from './executions.ts';

type Place = { readonly environment: Pick<Application['environment'], 'region'> };

export const consoleOf = (region: string): string =>
  region.startsWith('cn-')
    ? `https://${region}.console.amazonaws.cn`
    : region.startsWith('us-gov-')
      ? `https://${region}.console.amazonaws-us-gov.com`
      : `https://${region}.console.aws.amazon.com`;

const pageOf = ({ environment: { region } }: Place, path: string): string =>
  `${consoleOf(region)}/codesuite/codepipeline/pipelines/${path}?region=${region}`;

/** The page on which an approval is answered and a transition is enabled; `pipeline` is CodePipeline's name. */
export const pipelineUrl = (place: Place, pipeline: string): string =>
  pageOf(place, `${encodeURIComponent(pipeline)}/view`);

export const executionUrl = (place: Place, { pipeline, executionId }: Which): string =>
  pageOf(place, `${encodeURIComponent(pipeline)}/executions/${encodeURIComponent(executionId)}/timeline`);
