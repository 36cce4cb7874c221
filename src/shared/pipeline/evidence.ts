// A failed action of a pipeline as the rules see it: AWS's words and the build's, clean, with the names for their texts.

import type { Part, PipelineEvidence } from '../diagnose/pipeline-evidence.ts';
import type { Facts } from '../diagnose/rule.ts';
import type { Application, ApplicationPipeline, ApplicationService } from '../fleet/application.ts';
import { factsOf, factsOfApplication } from '../services/scene.ts';
import type { BuildEnd } from './build-log.ts';
import { connectionsPage } from './places.ts';
import { foreign } from './progress.ts';
import type { ActionRun } from './types.ts';

export type FailedAction = {
  readonly application: Application;
  readonly pipeline: ApplicationPipeline;
  readonly run: ActionRun;
  /** Undefined where the action is no build. */
  readonly build: BuildEnd | undefined;
};

/** What AWS says of the action itself, on one line. */
export const errorText = ({ error, externalSummary }: ActionRun): string =>
  foreign([error?.code, error?.message, externalSummary].filter(Boolean).join(': '));

export const evidenceOf = (failed: FailedAction): PipelineEvidence => {
  const { run, build } = failed;
  return {
    facts: factsFor(failed),
    part: partOf(run),
    isBuild: run.provider === 'CodeBuild',
    said: errorText(run),
    isAnswered: run.updatedBy !== undefined && run.error === undefined,
    build: build && {
      status: build.status,
      failedPhases: build.failedPhases,
      tail: build.tail.map((line) => line.replace(/^\| ?/, '')),
    },
  };
};

const partOf = ({ category, provider, stage, action }: ActionRun): Part => {
  if (category === 'Approval') return 'approval';
  if (category === 'Source') return 'source';
  if (/migrat/i.test(`${stage} ${action}`)) return 'migration';
  if (provider === 'CodeBuild') return 'build';
  return category === 'Deploy' ? 'deploy' : 'other';
};

const factsFor = ({ application, pipeline, run }: FailedAction): Facts => {
  const [service] = servicesIn(application, pipeline, errorText(run));
  const project = run.externalId?.split(':')[0];
  return {
    ...(service ? factsOf(application, service) : factsOfApplication(application)),
    subject: pipeline.pipeline,
    pipeline: pipeline.pipeline,
    stage: run.stage,
    action: run.action,
    provider: run.provider,
    connections: connectionsPage(application),
    rejection: rejectionOf(run),
    ...(project && { project }),
  };
};

const rejectionOf = ({ updatedBy, externalSummary }: ActionRun): string =>
  `${updatedBy ? foreign(updatedBy) : 'somebody'}${externalSummary ? ` with the words "${foreign(externalSummary)}"` : ''}`;

/** ECS's message may name the service; else the one named like the pipeline; else any of them may be it. */
export const servicesIn = (
  { services }: Application,
  { name }: ApplicationPipeline,
  said: string,
): readonly ApplicationService[] => {
  const named = services.filter(({ service }) => new RegExp(`(^|[^\\w-])${service}($|[^\\w-])`).test(said));
  const alike = services.filter((service) => service.name === name);
  return [named, alike, services].find((each) => each.length > 0) ?? [];
};
