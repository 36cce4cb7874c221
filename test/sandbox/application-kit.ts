// A release in the lab as a person makes it: a pipeline started, its approval given, its end waited for.
import type { ExecutionRecord } from '../../sandbox/aws/codepipeline/records.ts';
import type { ApplicationLab } from '../application-lab.ts';
import { createClients } from './fixture.ts';

const looks = 400;
const lookMs = 5_000;

const approve = async ({ sandbox }: ApplicationLab, pipelineName: string): Promise<void> => {
  const { codepipeline } = createClients(sandbox);
  const { stageStates = [] } = await codepipeline.getPipelineState({ name: pipelineName });
  const approval = stageStates.find(({ stageName }) => stageName === 'Approval')?.actionStates?.[0];
  const { token, status } = approval?.latestExecution ?? {};
  if (token === undefined || status !== 'InProgress') return;
  await codepipeline.putApprovalResult({
    ...{ pipelineName, stageName: 'Approval', actionName: 'Approval', token },
    result: { status: 'Approved', summary: 'by the test' },
  });
};

/** The execution at its end, or as it is after two thousand seconds. */
export const release = async (lab: ApplicationLab, name: string): Promise<ExecutionRecord> => {
  const { codepipeline } = createClients(lab.sandbox);
  await codepipeline.startPipelineExecution({ name });
  const newest = (): ExecutionRecord => {
    const found = lab.sandbox.neighbours.codepipeline.executions(name).at(-1);
    if (!found) throw new Error(`${name} has no execution`);
    return found;
  };
  for (let look = 0; look < looks && newest().status === 'InProgress'; look += 1) {
    await approve(lab, name);
    await lab.clock.sleep(lookMs);
  }
  return newest();
};

/** `Source Succeeded`, in order. */
export const stagesOf = ({ runs }: ExecutionRecord): readonly string[] =>
  runs.map(({ stage, status }) => `${stage} ${status}`);

export const errorOf = ({ runs }: ExecutionRecord): string | undefined => runs.at(-1)?.error?.message;

/** All lines of a log group. */
export const linesOf = async ({ sandbox }: ApplicationLab, logGroupName: string): Promise<string> => {
  const { logs } = createClients(sandbox);
  const { events = [] } = await logs.filterLogEvents({ logGroupName });
  return events.map(({ message }) => message).join('\n');
};

/** Image of what a service runs now. */
export const imageOf = async ({ sandbox, application }: ApplicationLab, service: string) => {
  const { ecs } = createClients(sandbox);
  const { services } = await ecs.describeServices({ cluster: application.cluster, services: [service] });
  const { taskDefinition } = await ecs.describeTaskDefinition({
    taskDefinition: services?.[0]?.taskDefinition,
  });
  return taskDefinition?.containerDefinitions?.[0]?.image;
};

export const pipeline = {
  api: 'envelope-prod-api-pipeline',
  tenant: 'envelope-prod-tenant-pipeline',
  hq: 'envelope-prod-hq-pipeline',
} as const;
