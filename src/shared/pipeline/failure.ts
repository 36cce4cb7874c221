// Why an execution failed, told to a person: what happened in which action, what it means, what to do, and the evidence:
// AWS's own message, the failed phases and the end of the log of that very build, and where to look.
import { Failed } from '../errors.ts';
import type { Application, ApplicationPipeline, ApplicationService } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { readBuild } from './build-log.ts';
import { findCause } from './causes/find.ts';
import { errorText, type Scene } from './causes/rule.ts';
import { whichOf } from './executions.ts';
import { executionUrl } from './links.ts';
import { servicePage } from './places.ts';
import { foreign } from './progress.ts';
import type { ActionRun, Execution } from './types.ts';

export type Explaining = {
  readonly pipeline: ApplicationPipeline;
  readonly execution: Execution;
  /** The action that failed, or the approval that was refused; undefined where none did, but a stage's condition. */
  readonly failure: ActionRun | undefined;
  /** The stage, where no action tells it. */
  readonly stage?: string | undefined;
};

export type Explained = {
  readonly failed: Failed;
  /** Where the same revision can only fail again, a retry is not spoken of. */
  readonly retry: 'helps' | 'useless';
};

/** Takes two calls for a build and none otherwise. Never throws for what it may not read: it says so. */
export const explainFailure = async (
  around: ApplicationSurroundings,
  call: Explaining,
): Promise<Explained> => {
  const { pipeline, execution, failure: run } = call;
  const which = whichOf({ pipeline, executionId: execution.id });
  const page = `execution ${execution.id}: ${executionUrl(around.application, which)}`;
  if (!run) return withoutAction(call, page);
  const build =
    run.provider === 'CodeBuild' && run.externalId ? await readBuild(around, run.externalId) : undefined;
  const scene: Scene = { application: around.application, pipeline, run, build };
  const { name, what, fix, retry } = findCause(scene);
  const by = name === 'approval-rejected' ? rejection(run) : '';
  const failed = new Failed(
    `${pipeline.pipeline}: stage ${run.stage}, action ${run.action}${run.provider ? ` (${run.provider})` : ''}: ${what}${by}.`,
    fix,
    [...evidenceLines(scene), page],
  );
  return { failed, retry };
};

const withoutAction = ({ pipeline, execution, stage }: Explaining, page: string): Explained => ({
  failed: new Failed(
    `${pipeline.pipeline}: ${stage ? `stage ${stage}` : 'the execution'} failed, though none of its actions did.`,
    'A condition of the stage may have failed it, or the stage was rolled back; its page tells.',
    [...(execution.statusSummary ? [foreign(execution.statusSummary)] : []), page],
  ),
  retry: 'helps',
});

const rejection = ({ updatedBy, externalSummary }: ActionRun): string =>
  `${updatedBy ? ` by ${foreign(updatedBy)}` : ''}${externalSummary ? `: "${foreign(externalSummary)}"` : ''}`;

const evidenceLines = (scene: Scene): readonly string[] => {
  const { run, build } = scene;
  const said = errorText(scene);
  return [
    ...(said ? [`AWS says: ${foreign(said)}`] : []),
    ...(build ? buildEvidence(run.externalId ?? '', build) : []),
    ...(!build && run.externalUrl ? [`${run.action}: ${foreign(run.externalUrl)}`] : []),
    ...(run.category === 'Deploy' ? serviceLines(scene) : []),
  ];
};

const buildEvidence = (id: string, build: NonNullable<Scene['build']>): readonly string[] => [
  `build ${foreign(id)}${build.status ? ` ${build.status}` : ''}: ${foreign(build.url)}`,
  ...build.failedPhases.map((phase) => `phase ${phase}`),
  ...build.missing,
  ...(build.tail.length ? [`the last ${build.tail.length} lines of its log:`, ...build.tail] : []),
];

const serviceLines = (scene: Scene): readonly string[] =>
  concerned(scene).map(
    ({ service, logGroup }) =>
      `service ${service}: ${servicePage(scene.application, service)} log: aws logs tail ${logGroup} --since 1h --region ${scene.application.environment.region}`,
  );

/** ECS's message may name the service; else the one named like the pipeline; else any of them may be it. */
const concerned = (scene: Scene): readonly ApplicationService[] => {
  const { services }: Pick<Application, 'services'> = scene.application;
  const said = errorText(scene);
  const named = services.filter(({ service }) => new RegExp(`(^|[^\\w-])${service}($|[^\\w-])`).test(said));
  const alike = services.filter(({ name }) => name === scene.pipeline.name);
  return [named, alike, services].find((each) => each.length > 0) ?? [];
};
