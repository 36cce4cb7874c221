// One application of a fleet folder, read through the world's files.
import { type Problem, UserError } from '../errors.ts';
import type { Files as AllFiles } from '../world.ts';
import type { Application, ApplicationPipeline } from './application.ts';
import type { ApplicationDraft } from './application-draft.ts';
import { readApplication } from './application-manifest.ts';
import { isManifest, sortFolder } from './folder.ts';
import { nearest } from './nearest.ts';
import { inOrder } from './order.ts';

type Files = Pick<AllFiles, 'list' | 'read'>;

export type Asked = {
  readonly fleet: string;
  readonly application: string;
  readonly environment: string;
};

/** Its own file alone is read: mistakes elsewhere stop nobody. Throws UserError with everything that is wrong with it. */
export const loadApplication = async (
  files: Files,
  { fleet, application, environment }: Asked,
): Promise<Application> => {
  const paths = (await files.list(fleet)).filter(isManifest);
  const { applications } = sortFolder(paths.map((path) => ({ path })));
  const file = applications.get(application);
  if (!file)
    throw unknown(application, `application ${application} in ${fleet}/applications`, [
      ...applications.keys(),
    ]);
  const { drafts, problems } = readApplication(
    { path: file.path, text: await files.read(file.path) },
    application,
  );
  if (problems.length) throw new UserError(inOrder(problems));
  return selectEnvironment(drafts, { application, environment });
};

const selectEnvironment = (
  drafts: readonly ApplicationDraft[],
  { application, environment }: Omit<Asked, 'fleet'>,
): Application => {
  const found = drafts.find((draft) => draft.environment === environment)?.value;
  if (found) return found;
  throw unknown(
    environment,
    `environment ${environment} of ${application}`,
    drafts.map((draft) => draft.environment),
  );
};

/** By its short name. Throws UserError with those that there are. */
export const pipelineOf = ({ name, pipelines }: Application, wanted: string): ApplicationPipeline => {
  const found = pipelines.find((pipeline) => pipeline.name === wanted);
  if (found) return found;
  throw unknown(
    wanted,
    `pipeline ${wanted} of ${name}`,
    pipelines.map((pipeline) => pipeline.name),
  );
};

/** The pipelines of these short names in the order of release; all where none is named. Throws UserError for unknown ones. */
export const selectPipelines = (
  { name, pipelines }: Application,
  wanted: readonly string[],
): readonly ApplicationPipeline[] => {
  const known = pipelines.map((pipeline) => pipeline.name);
  const strange = wanted.filter((one) => !known.includes(one));
  if (strange.length)
    throw new UserError(strange.map((one) => unknownProblem(one, `pipeline ${one} of ${name}`, known)));
  return wanted.length ? pipelines.filter((pipeline) => wanted.includes(pipeline.name)) : pipelines;
};

export const unknownProblem = (given: string, subject: string, known: readonly string[]): Problem => {
  const all = known.length ? `There are: ${known.join(', ')}.` : 'There is none.';
  const guess = nearest(given, known);
  return { what: `There is no ${subject}.`, fix: guess ? `Did you mean ${guess}? ${all}` : all };
};

const unknown = (given: string, subject: string, known: readonly string[]): UserError =>
  new UserError([unknownProblem(given, subject, known)]);
