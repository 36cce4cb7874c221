// An application's pipelines, V2 and SUPERSEDED: Source, Build, Approval, Migrate where the pipeline migrates, Deploy.
import type { ApplicationPipeline } from '../../src/shared/fleet/application.ts';
import { buildImage } from './application-build.ts';
import { deployService } from './application-deploy.ts';
import { migrateDatabase } from './application-migrate.ts';
import { prefixOf } from './application-names.ts';
import type { PipelinesGround, Release } from './application-releases.ts';
import type { SeededAction, SeededPipeline, Work } from './codepipeline/definitions.ts';

/** By pipeline and stage as the manifest names them: `api/Build`. */
export type PipelineWorks = Readonly<Record<string, Work>>;

type Stage = {
  readonly name: string;
  readonly action: Omit<SeededAction, 'name' | 'work'>;
  readonly work?: Work;
};

const codeBuild = (project: string): Stage['action'] => ({
  category: 'Build',
  provider: 'CodeBuild',
  configuration: { ProjectName: project, logGroup: `/codebuild/${project}` },
});

const stagesOf = (release: Release, pipeline: ApplicationPipeline): readonly Stage[] => {
  const { application } = release;
  const project = `${prefixOf(application)}-${pipeline.name}`;
  const service = application.services.find(({ name }) => name === pipeline.name);
  const migrate: Stage = {
    name: 'Migrate',
    action: codeBuild(`${project}-migrate`),
    work: migrateDatabase(release),
  };
  return [
    {
      name: 'Source',
      action: {
        category: 'Source',
        provider: 'CodeStarSourceConnection',
        configuration: { FullRepositoryId: `epactltd/${pipeline.name}`, BranchName: 'main' },
      },
    },
    { name: 'Build', action: codeBuild(`${project}-build`), work: buildImage(release) },
    { name: 'Approval', action: { category: 'Approval', provider: 'Manual' } },
    ...(pipeline.migration === 'pipeline' ? [migrate] : []),
    {
      name: 'Deploy',
      action: {
        category: 'Deploy',
        provider: 'ECS',
        configuration: { ClusterName: application.cluster, ServiceName: service?.service ?? '' },
      },
      work: deployService(release),
    },
  ];
};

const planPipeline = (
  ground: PipelinesGround,
  pipeline: ApplicationPipeline,
  works: PipelineWorks,
): SeededPipeline => ({
  name: pipeline.pipeline,
  type: 'V2',
  mode: 'SUPERSEDED',
  stages: stagesOf({ ...ground, service: pipeline.name }, pipeline).map(({ name, action, work }) => {
    const chosen = works[`${pipeline.name}/${name}`] ?? work;
    return { name, actions: [{ ...action, name, ...(chosen && { work: chosen }) }] };
  }),
});

/** Throws for a replaced work whose pipeline or stage is not there, and where a pipeline has no service of its name. */
export const seedPipelines = (ground: PipelinesGround, works: PipelineWorks): void => {
  const { application, codepipeline } = ground;
  const services = new Set(application.services.map(({ name }) => name));
  const planned = application.pipelines.map((pipeline) => {
    if (!services.has(pipeline.name))
      throw new Error(
        `The sandbox knows no service ${pipeline.name} that pipeline ${pipeline.pipeline} could deploy.`,
      );
    return { name: pipeline.name, pipeline: planPipeline(ground, pipeline, works) };
  });
  const known = planned.flatMap(({ name, pipeline }) =>
    pipeline.stages.map((stage) => `${name}/${stage.name}`),
  );
  const unknown = Object.keys(works).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No stage ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  for (const { pipeline } of planned) codepipeline.seedPipeline(pipeline);
};
