// Why an execution failed, told to a person: the known cause of the failed action with what to do, and the evidence: AWS's
// own message, the failed phases and the end of the log of that very build, the tasks of the deployment, and where to look.
import { findAll } from '../diagnose/find.ts';
import type { PipelineEvidence } from '../diagnose/pipeline-evidence.ts';
import type { Finding } from '../diagnose/rule.ts';
import { pipelineRules } from '../diagnose/rules/pipeline.ts';
import { type Case, Diagnosed, Failed } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { readBuild } from './build-log.ts';
import { findDeployed } from './deployed.ts';
import { errorText, evidenceOf, type FailedAction, servicesIn } from './evidence.ts';
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
  readonly failed: Diagnosed;
  /** Where the same revision can only fail again, a retry is not spoken of. */
  readonly retry: 'helps' | 'useless';
};

/**
 * Takes two calls for a build, some ten for a deployment and none otherwise. Never throws for what it may not read: it
 * says so.
 */
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
  const failed: FailedAction = { application: around.application, pipeline, run, build };
  const evidence = evidenceOf(failed);
  const findings = findAll(pipelineRules, evidence).map((finding) => withAftermath(finding, evidence));
  const services = evidence.part === 'deploy' ? await findDeployed(around, failed) : [];
  return explained(failed, { findings, services, page });
};

type Known = {
  readonly findings: readonly Finding[];
  readonly services: readonly Case[];
  readonly page: string;
};

/** Why the tasks ended says more than that they did. */
const explained = (failed: FailedAction, { findings, services, page }: Known): Explained => {
  const { pipeline, run } = failed;
  const [finding] = findings;
  const action: Case = { subject: pipeline.pipeline, findings, evidence: [...evidenceLines(failed), page] };
  const telling = finding?.level === 'cause' ? [] : services.filter((one) => one.findings.length > 0);
  const cases = [...telling, action, ...services.filter((one) => !telling.includes(one))];
  const where = `stage ${run.stage}, action ${run.action}${run.provider ? ` (${run.provider})` : ''}`;
  const { cause = '', fix = [] } = cases[0]?.findings[0] ?? {};
  const what = `${pipeline.pipeline}: ${where} failed.`;
  return {
    failed: new Diagnosed(new Failed(what, [cause, ...fix].join('\n')), cases),
    retry: finding?.lasts === 'permanent' ? 'useless' : 'helps',
  };
};

const withoutAction = ({ pipeline, execution, stage }: Explaining, page: string): Explained => {
  const what = `${pipeline.pipeline}: ${stage ? `stage ${stage}` : 'the execution'} failed, though none of its actions did.`;
  const fix = 'A condition of the stage may have failed it, or the stage was rolled back; its page tells.';
  const evidence = [...(execution.statusSummary ? [foreign(execution.statusSummary)] : []), page];
  const only: Case = { subject: pipeline.pipeline, findings: [], evidence };
  return { failed: new Diagnosed(new Failed(what, fix), [only]), retry: 'helps' };
};

/** The same failure with what came after it; `next` are the last steps of its fix, which a person reads first. */
export const withNext = (
  { fix, details, cases }: Diagnosed,
  { what, next, seen }: { readonly what: string; readonly next: string; readonly seen: readonly string[] },
): Diagnosed => {
  const [first, ...others] = cases;
  const [finding, ...rest] = first?.findings ?? [];
  const failed = new Failed(what, [fix, next].filter(Boolean).join('\n'), [...details, ...seen]);
  if (!first || !finding || !next) return new Diagnosed(failed, cases);
  const findings = [{ ...finding, fix: [...finding.fix, ...next.split('\n')] }, ...rest];
  return new Diagnosed(failed, [{ ...first, findings }, ...others]);
};

const stays =
  'The deployment did not begin: the older program runs on, with whatever the migration had already changed.';

const withAftermath = (finding: Finding, { part }: PipelineEvidence): Finding =>
  part === 'migration' ? { ...finding, fix: [...finding.fix, stays] } : finding;

const evidenceLines = ({ application, pipeline, run, build }: FailedAction): readonly string[] => {
  const said = errorText(run);
  const { region } = application.environment;
  const concerned = run.category === 'Deploy' ? servicesIn(application, pipeline, said) : [];
  return [
    ...(said ? [`AWS says: ${said}`] : []),
    ...(build ? buildEvidence(run.externalId ?? '', build) : []),
    ...(!build && run.externalUrl ? [`${run.action}: ${foreign(run.externalUrl)}`] : []),
    ...concerned.map(
      ({ service, logGroup }) =>
        `service ${service}: ${servicePage(application, service)} log: aws logs tail ${logGroup} --since 1h --region ${region}`,
    ),
  ];
};

const buildEvidence = (id: string, build: NonNullable<FailedAction['build']>): readonly string[] => [
  `build ${foreign(id)}${build.status ? ` ${build.status}` : ''}: ${foreign(build.url)}`,
  ...build.failedPhases.map((phase) => `phase ${phase}`),
  ...build.missing,
  ...(build.tail.length ? [`the last ${build.tail.length} lines of its log:`, ...build.tail] : []),
];
