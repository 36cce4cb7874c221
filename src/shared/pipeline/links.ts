// Addresses of pipelines in the AWS console.
import { consolePage } from '../console.ts';
import type { Application } from '../fleet/application.ts';
import type { Which } from './executions.ts';

type Place = { readonly environment: Pick<Application['environment'], 'region'> };

const pageOf = ({ environment: { region } }: Place, path: string): string =>
  consolePage(region, `/codesuite/codepipeline/pipelines/${path}`);

/** The page on which an approval is answered and a transition is enabled; `pipeline` is CodePipeline's name. */
export const pipelineUrl = (place: Place, pipeline: string): string =>
  pageOf(place, `${encodeURIComponent(pipeline)}/view`);

export const executionUrl = (place: Place, { pipeline, executionId }: Which): string =>
  pageOf(place, `${encodeURIComponent(pipeline)}/executions/${encodeURIComponent(executionId)}/timeline`);
