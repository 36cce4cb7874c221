// An application's pipelines, V2 and SUPERSEDED: Source, Build, Approval, Migrate where the pipeline migrates, Deploy.
import type { Application, ApplicationPipeline } from '../../src/shared/fleet/application.ts';
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
  const service = application.services.find(({ name }) => name === release.service);
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
  stages: stagesOf({ ...ground, service: serviceOf(ground.application, pipeline) }, pipeline).map(
    ({ name, action, work }) => {
      const chosen = works[`${pipeline.name}/${name}`] ?? work;
      return { name, actions: [{ ...action, name, ...(chosen && { work: chosen }) }] };
    },
  ),
});

/** A pipeline releases the service of its name; one that is named otherwise, the application's first. */
const serviceOf = ({ services }: Application, { name }: ApplicationPipeline): string =>
  (services.find((service) => service.name === name) ?? services[0])?.name ?? name;

/** Throws for a replaced work whose pipeline or stage is not there. */
export const seedPipelines = (ground: PipelinesGround, works: PipelineWorks): void => {
  const { application, codepipeline } = ground;
  const planned = application.pipelines.map((pipeline) => ({
    name: pipeline.name,
    pipeline: planPipeline(ground, pipeline, works),
  }));
  const known = planned.flatMap(({ name, pipeline }) =>
    pipeline.stages.map((stage) => `${name}/${stage.name}`),
  );
  const unknown = Object.keys(works).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No stage ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  for (const { pipeline } of planned) codepipeline.seedPipeline(pipeline);
};
