// What is asked of a pipeline, compared with what the pipeline is, before anything is started: all problems at once.
import type { SourceRevisionType } from '@aws-sdk/client-codepipeline';
import { type Problem, UserError } from '../errors.ts';
import { type ApplicationPipeline, neverAbandonDefault } from '../fleet/application.ts';
import { didYouMean } from '../fleet/nearest.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { type Definition, readDefinition } from './definition.ts';
import type { SourceRevision, Variable } from './request.ts';

export type Request = {
  /** False where an execution is resumed or a stage returned. */
  readonly starts: boolean;
  readonly variables: readonly Variable[];
  readonly sourceRevisions: readonly SourceRevision[];
  readonly rollbackStage: string | undefined;
};

export type Checked = {
  /** Undefined where the role may not read it. */
  readonly definition: Definition | undefined;
  readonly sourceRevisions: readonly (SourceRevision & { readonly action: string })[];
};

/**
 * One call. Throws UserError with every problem, and Failed where there is no such pipeline.
 * A role without codepipeline:GetPipeline gets a warning, and CodePipeline's own refusal at the start.
 */
export const checkRequest = async (
  around: ApplicationSurroundings,
  pipeline: ApplicationPipeline,
  request: Request,
): Promise<Checked> => {
  const definition = await readDefinition(around, pipeline);
  const problems = definition
    ? [...problemsOf(definition, request), ...keptProblems(definition, pipeline)]
    : request.sourceRevisions.some(({ action }) => action === undefined)
      ? [unnamed]
      : [];
  if (problems.length) throw new UserError(problems);
  const only = definition?.sources[0]?.name ?? '';
  return {
    definition,
    sourceRevisions: request.sourceRevisions.map((each) => ({ ...each, action: each.action ?? only })),
  };
};

const unnamed: Problem = {
  what: 'Input source-revisions names no source action, and this role may not read which there is.',
  fix: 'Write <source action>=<type>:<value>, or allow codepipeline:GetPipeline.',
};

/** Pure. */
export const problemsOf = (definition: Definition, request: Request): readonly Problem[] =>
  definition.type === 'V1'
    ? [...needsV2(request), ...rollbackProblems(definition, request)]
    : [
        ...variableProblems(definition, request),
        ...revisionProblems(definition, request),
        ...rollbackProblems(definition, request),
      ];

const toV2 =
  'Leave it empty, or make the pipeline V2 (`pipelineType: V2`; `pipeline_type = "V2"` in Terraform).';

const needsV2 = ({ variables, sourceRevisions, rollbackStage }: Request): readonly Problem[] =>
  (
    [
      ['variables', variables.length > 0],
      ['source-revisions (commit of release-application)', sourceRevisions.length > 0],
      ['rollback-stage', rollbackStage !== undefined],
    ] as const
  ).flatMap(([name, isGiven]) =>
    isGiven ? [{ what: `Input ${name} is given, but the pipeline is of type V1.`, fix: toV2 }] : [],
  );

const variableProblems = (definition: Definition, { variables, starts }: Request): readonly Problem[] => {
  if (!starts) return [];
  const declared = definition.variables.map(({ name }) => name);
  const given = variables.map(({ name }) => name);
  return [
    ...given
      .filter((name) => !declared.includes(name))
      .map((name) => ({
        what: `Input variables sets ${name}, which the pipeline does not declare.`,
        fix: didYouMean(name, declared, 'It declares'),
      })),
    ...definition.variables
      .filter(({ name, hasDefault }) => !hasDefault && !given.includes(name))
      .map(({ name }) => ({
        what: `The pipeline's variable ${name} has no default and was not given.`,
        fix: `Add a line ${name}=<value> to the input variables.`,
      })),
  ];
};

/** What CodePipeline takes for each kind of source. */
const fitting: Readonly<Record<string, readonly SourceRevisionType[]>> = {
  CodeStarSourceConnection: ['COMMIT_ID'],
  CodeCommit: ['COMMIT_ID'],
  GitHub: ['COMMIT_ID'],
  ECR: ['IMAGE_DIGEST'],
  S3: ['S3_OBJECT_VERSION_ID', 'S3_OBJECT_KEY'],
};

const revisionProblems = ({ sources }: Definition, { sourceRevisions }: Request): readonly Problem[] => {
  const names = sources.map(({ name }) => name);
  const resolved = sourceRevisions.flatMap(({ action }) => action ?? (names.length === 1 ? names : []));
  const twice = resolved.find((name, at) => resolved.indexOf(name) !== at);
  return [
    ...sourceRevisions.flatMap((each) => revisionProblem(each, sources)),
    ...(twice === undefined
      ? []
      : [{ what: `Input source-revisions gives ${twice} two revisions.`, fix: 'Delete one.' }]),
  ];
};

const revisionProblem = (
  { action, type }: SourceRevision,
  sources: Definition['sources'],
): readonly Problem[] => {
  const names = sources.map(({ name }) => name);
  if (action === undefined && names.length !== 1)
    return [
      {
        what: 'Input source-revisions names no source action.',
        fix: `Write <source action>=${type}:<value>. The pipeline has: ${names.join(', ')}.`,
      },
    ];
  const source = action === undefined ? sources[0] : sources.find(({ name }) => name === action);
  if (!source)
    return [
      {
        what: `Input source-revisions names ${action}, which is no source action of the pipeline.`,
        fix: didYouMean(action ?? '', names, 'It has'),
      },
    ];
  const types = fitting[source.provider];
  return !types || types.includes(type)
    ? []
    : [
        {
          what: `Input source-revisions gives ${source.name} (${source.provider}) a ${type}.`,
          fix: `Give it a ${types.join(' or ')}.`,
        },
      ];
};

const rollbackProblems = (
  { type, mode, stages }: Definition,
  { rollbackStage: stage }: Request,
): readonly Problem[] => {
  if (stage === undefined || type === 'V1') return [];
  if (mode === 'PARALLEL')
    return [
      {
        what: 'Input rollback-stage is given, but the pipeline runs in mode PARALLEL, in which CodePipeline returns no stage.',
        fix: 'Leave it empty; release the earlier revision with source-revisions instead.',
      },
    ];
  if (!stages.includes(stage))
    return [
      {
        what: `Input rollback-stage is ${stage}, which is no stage of the pipeline.`,
        fix: didYouMean(stage, stages.slice(1), 'It has'),
      },
    ];
  return stages[0] === stage
    ? [
        {
          what: `Input rollback-stage is ${stage}, the source stage, which cannot be returned.`,
          fix: `Choose one of: ${stages.slice(1).join(', ')}.`,
        },
      ]
    : [];
};

/** A stage that is misspelt there would be abandoned half-way; the manifest's own default need not fit every pipeline. */
const keptProblems = (
  { stages }: Definition,
  { name, neverAbandon }: ApplicationPipeline,
): readonly Problem[] => {
  const has = (wanted: string): boolean =>
    stages.some((stage) => stage.toLowerCase() === wanted.toLowerCase());
  return neverAbandon
    .filter((wanted) => !has(wanted) && !neverAbandonDefault.includes(wanted))
    .map((wanted) => ({
      what: `neverAbandon of pipeline ${name} names ${wanted}, which is no stage of the pipeline.`,
      fix: didYouMean(wanted, stages, 'It has'),
    }));
};
