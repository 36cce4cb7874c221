// `plan-fleet` mode release: what a release of an application consists of, as the workflows take it. Reads the manifest alone.
import type { Application } from '../fleet/application.ts';
import { loadApplication, selectPipelines } from '../fleet/applications.ts';
import { cell } from '../report.ts';
import type { World } from '../world.ts';

export type ReleaseGiven = {
  readonly fleet: string;
  readonly application: string;
  readonly environment: string;
  /** Short names; empty takes all, `none` no pipeline. */
  readonly pipelines: readonly string[];
};

/** The output `release`: what jobs and people need to know before anything starts. */
export type PlannedRelease = {
  readonly application: string;
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  readonly approval: string;
  readonly deployment: string;
  /** In the order of release. */
  readonly pipelines: readonly Pick<Application['pipelines'][number], 'name' | 'migration'>[];
  readonly services: readonly string[];
  /** Whether the manifest says how the database is migrated. */
  readonly migrates: boolean;
  readonly images: readonly Application['images'][number][];
};

/** Throws UserError with everything that is wrong with the manifest, and for names that it does not know. */
export const planRelease = async (given: ReleaseGiven, { files }: Pick<World, 'files'>) => {
  const application = await loadApplication(files, given);
  const isNone = given.pipelines.length === 1 && given.pipelines[0] === 'none';
  const pipelines = isNone ? [] : selectPipelines(application, given.pipelines);
  const release = releaseOf({ ...application, pipelines });
  const { approval, deployment } = release;
  return { release: JSON.stringify(release), approval, deployment, summary: releaseSummary(release) };
};

/** `plan-fleet` mode gates for an application: who approves, and where its jobs run. */
export const readApplicationGates = async (
  given: Omit<ReleaseGiven, 'pipelines'>,
  { files }: Pick<World, 'files'>,
) => {
  const { approval, deployment } = (await loadApplication(files, given)).environment.github;
  return { approval, deployment };
};

const releaseOf = ({
  name,
  environment,
  pipelines,
  services,
  migration,
  images,
}: Application): PlannedRelease => ({
  application: name,
  environment: environment.name,
  accountId: environment.accountId,
  region: environment.region,
  approval: environment.github.approval,
  deployment: environment.github.deployment,
  pipelines: pipelines.map((pipeline) => ({ name: pipeline.name, migration: pipeline.migration })),
  services: services.map((service) => service.name),
  migrates: migration !== undefined,
  images: images.map((image) => ({ name: image.name, repository: image.repository })),
});

const migrations = { pipeline: ', which migrates the database', after: ', then the migration', none: '' };

const releaseSummary = (release: PlannedRelease): string => {
  const { application, environment, accountId, region, approval, pipelines } = release;
  const steps = pipelines.map(
    ({ name, migration }, index) => `${index + 1}. pipeline **${cell(name)}**${migrations[migration]}`,
  );
  return [
    `## Release of ${cell(application)} to ${cell(environment)}`,
    `account ${accountId}, ${region} · approved in \`${cell(approval)}\``,
    steps.length ? steps.join('\n') : 'No pipeline is released.',
    '',
  ].join('\n\n');
};
