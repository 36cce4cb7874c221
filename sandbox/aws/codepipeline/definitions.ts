// What a pipeline is made of, as whoever seeds the sandbox writes it, and the mistakes that AWS would not have let in.

export type PipelineType = 'V1' | 'V2';
export type PipelineMode = 'SUPERSEDED' | 'QUEUED' | 'PARALLEL';

export type SeededPipeline = {
  readonly name: string;
  readonly type: PipelineType;
  readonly mode: PipelineMode;
  readonly variables?: readonly { readonly name: string; readonly defaultValue?: string }[];
  readonly stages: readonly SeededStage[];
};

export type SeededStage = { readonly name: string; readonly actions: readonly SeededAction[] };

export type SeededAction = {
  readonly name: string;
  readonly category: 'Source' | 'Build' | 'Approval' | 'Deploy';
  /** CodeStarSourceConnection, CodeBuild, Manual, ECS … */
  readonly provider: string;
  /** Actions of one stage with the same number run side by side; 1 unless given. */
  readonly runOrder?: number;
  readonly configuration?: Readonly<Record<string, string>>;
  /** What it does each time it runs: without, it succeeds after a few seconds. A manual approval has none and waits. */
  readonly work?: Work;
};

export type Work = (run: ActionWork) => Promise<WorkEnd>;

export type ActionWork = {
  readonly executionId: string;
  /** Counts from 1 within an execution. */
  readonly attempt: number;
  readonly variables: Readonly<Record<string, string>>;
  /** Of the pipeline's first source action. */
  readonly revision: string;
  /** One line of a CodeBuild action's log: group `/aws/codebuild/<project>` unless the configuration has a `logGroup`. */
  readonly log: (line: string) => void;
  /** On the cloud's clock. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted where the action is abandoned: what it does from then on counts for nothing. */
  readonly signal: AbortSignal;
};

export type WorkEnd =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export const runOrderOf = ({ runOrder = 1 }: SeededAction): number => runOrder;

/** The sandbox's own entry `logGroup` is none of AWS's. */
export const configurationOf = ({ configuration = {} }: SeededAction): Readonly<Record<string, string>> => {
  const { logGroup: _own, ...shown } = configuration;
  return shown;
};

const duplicates = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

const namePattern = /^[A-Za-z0-9.@_-]{1,100}$/;

const problemsOf = ({ name, type, mode, variables = [], stages }: SeededPipeline): readonly string[] => {
  const [first, ...later] = stages;
  const isSource = ({ category }: SeededAction): boolean => category === 'Source';
  const names = [name, ...stages.flatMap((stage) => [stage.name, ...stage.actions.map((one) => one.name)])];
  return [
    ...names.filter((one) => !namePattern.test(one)).map((one) => `${one} is no name AWS would take`),
    ...(stages.length < 2 ? ['it needs two stages at least'] : []),
    ...(first?.actions.every(isSource) ? [] : ['its first stage must hold source actions and nothing else']),
    ...(later.some(({ actions }) => actions.some(isSource)) ? ['only its first stage may hold sources'] : []),
    ...(stages.some(({ actions }) => actions.length === 0) ? ['a stage needs an action'] : []),
    ...duplicates(stages.map((stage) => stage.name)).map((one) => `stage ${one} is there twice`),
    ...stages.flatMap(({ actions }) =>
      duplicates(actions.map((one) => one.name)).map((one) => `action ${one} is twice in one stage`),
    ),
    ...(type === 'V1' && mode !== 'SUPERSEDED' ? [`a V1 pipeline cannot be ${mode}`] : []),
    ...(type === 'V1' && variables.length > 0 ? ['a V1 pipeline has no variables'] : []),
  ];
};

/** Throws a plain Error that names everything wrong: a seed is the sandbox's own text. */
export const checkSeed = (pipeline: SeededPipeline): void => {
  const problems = problemsOf(pipeline);
  if (problems.length > 0) throw new Error(`Pipeline ${pipeline.name}: ${problems.join('; ')}.`);
};
