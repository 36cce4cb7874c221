// Reads one workflow file: GitHub's parser and converter say what is wrong with it, the token tree says what the
// converted template drops, and what this runner does not know is a problem that names it.
import type { JobDefinition, Origin, StepDefinition, StepsJob, WorkflowFile } from './definitions.ts';
import { placeOf } from './errors.ts';
import { readEvents } from './events.ts';
import { field } from './expressions.ts';
import {
  convertWorkflowTemplate,
  ErrorPolicy,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
  type TemplateStep,
  type TemplateToken,
  type WorkflowJob,
} from './library.ts';
import { readGrant } from './permissions.ts';

export type Source = { readonly origin: Origin; readonly content: string };

/** A job that calls another workflow, before that one was read. */
export type UnlinkedCall = Omit<Extract<JobDefinition, { kind: 'call' }>, 'called'> & {
  readonly uses: TemplateToken;
};
export type UnlinkedFile = Omit<WorkflowFile, 'jobs'> & {
  readonly jobs: readonly (StepsJob | UnlinkedCall)[];
};

export type Reading =
  | { readonly kind: 'file'; readonly file: UnlinkedFile }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export const readWorkflowFile = async ({ origin, content }: Source): Promise<Reading> => {
  const { context, value } = parseWorkflow({ name: origin.path, content }, new NoOperationTraceWriter());
  const template = value
    ? await convertWorkflowTemplate(context, value, undefined, { errorPolicy: ErrorPolicy.TryConversion })
    : undefined;
  const errors = context.errors.getErrors().map(({ message }) => message);
  if (!value || !template || errors.length > 0) return { kind: 'invalid', problems: errors };
  const jobs = template.jobs.map((job) => readJob(job, field(field(value, 'jobs'), job.id.value)));
  const problems = [
    ...jobs.flatMap((job) => unknownIn(job, origin.path)),
    ...queueProblems(value, origin.path),
  ];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'file',
    file: {
      origin,
      name: field(value, 'name')?.toString() ?? origin.path,
      events: readEvents(field(value, 'on') ?? value),
      env: field(value, 'env'),
      defaults: field(value, 'defaults'),
      concurrency: field(value, 'concurrency'),
      permissions: readGrant(field(value, 'permissions')),
      jobs,
    },
  };
};

const readJob = (job: WorkflowJob, token: TemplateToken | undefined): StepsJob | UnlinkedCall => {
  const base = {
    id: job.id.value,
    token: token ?? job.id,
    name: field(token, 'name'),
    needs: (job.needs ?? []).map(({ value }) => value),
    condition: job.if,
    strategy: field(token, 'strategy'),
    concurrency: field(token, 'concurrency'),
    permissions: readGrant(field(token, 'permissions')),
  };
  if (job.type === 'reusableWorkflowJob')
    return {
      ...base,
      kind: 'call',
      uses: job.ref,
      with: field(token, 'with'),
      secrets: field(token, 'secrets'),
    };
  const steps = field(token, 'steps');
  return {
    ...base,
    kind: 'steps',
    env: field(token, 'env'),
    defaults: field(token, 'defaults'),
    environment: field(token, 'environment'),
    runsOn: field(token, 'runs-on'),
    timeoutMinutes: field(token, 'timeout-minutes'),
    continueOnError: field(token, 'continue-on-error'),
    outputs: field(token, 'outputs'),
    steps: job.steps.map((step, at) => readStep(step, steps && isSequence(steps) ? steps.get(at) : job.id)),
  };
};

const readStep = (step: TemplateStep, token: TemplateToken): StepDefinition => {
  const base = {
    id: step.id,
    name: field(token, 'name'),
    condition: step.if ?? token,
    env: field(token, 'env'),
    continueOnError: field(token, 'continue-on-error'),
    timeoutMinutes: field(token, 'timeout-minutes'),
  };
  const uses = field(token, 'uses');
  if (uses) {
    return {
      ...base,
      does: { kind: 'uses', uses: uses.toString(), with: field(token, 'with'), token: uses },
    };
  }
  return {
    ...base,
    does: {
      kind: 'run',
      script: field(token, 'run') ?? token,
      shell: field(token, 'shell'),
      workingDirectory: field(token, 'working-directory'),
    },
  };
};

const unknownOfJob = ['container', 'services', 'snapshot', 'cancel-timeout-minutes'];
const unknownOfStep = ['background', 'wait', 'wait-all', 'cancel', 'parallel'];

const unknownIn = (job: StepsJob | UnlinkedCall, file: string): readonly string[] => {
  const steps = field(job.token, 'steps');
  return [
    ...keysAmong(job.token, unknownOfJob, file),
    ...(steps && isSequence(steps) ? [...steps].flatMap((step) => keysAmong(step, unknownOfStep, file)) : []),
    ...queueProblems(job.token, file),
  ];
};

const keysAmong = (token: TemplateToken, unknown: readonly string[], file: string): readonly string[] =>
  isMapping(token)
    ? [...token]
        .filter(({ key }) => unknown.includes(key.toString()))
        .map(({ key }) => `${placeOf(file, key)}: '${key}' is not known to this runner`)
    : [];

// GitHub refuses the pair when it reads the file, before any expression.
const queueProblems = (holder: TemplateToken, file: string): readonly string[] => {
  const token = field(holder, 'concurrency');
  const both =
    field(token, 'queue')?.toString() === 'max' && field(token, 'cancel-in-progress')?.toString() === 'true';
  return both
    ? [`${placeOf(file, token)}: 'queue: max' cannot be used together with 'cancel-in-progress: true'`]
    : [];
};
