// The services that a pipeline's failed Deploy action deployed to: their stopped tasks, targets and logs, while ECS still
// knows them.
import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { caseOf } from '../case.ts';
import { serviceRules } from '../diagnose/rules/service.ts';
import { Cancelled, type Case } from '../errors.ts';
import { gatherService } from '../evidence/gather.ts';
import type { ApplicationService } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { messageOf } from '../report.ts';
import { sceneOf } from '../services/scene.ts';
import { errorText, type FailedAction, servicesIn } from './evidence.ts';

/** A message that names none of many services concerns any of them; more would only hide the one. */
const most = 2;

/** None where the service or its deployment cannot be told. Throws only Cancelled. */
export const findDeployed = async (
  around: ApplicationSurroundings,
  { application, pipeline, run }: FailedAction,
): Promise<readonly Case[]> => {
  const said = errorText(run);
  const services = servicesIn(application, pipeline, said);
  if (services.length > most) return [];
  const cases = await Promise.all(
    services.map(async (named) => {
      const ours = await findDeployment(around, named, { said, since: run.startedAt });
      if (typeof ours === 'object')
        return ours.unread ? [unreadCase(application.name, named, ours.unread)] : [];
      const evidence = await gatherService(around, sceneOf(application, named, ours), { state: 'failed' });
      return [caseOf(serviceRules, evidence)];
    }),
  );
  return cases.flat();
};

const unreadCase = (application: string, { name }: ApplicationService, why: string): Case => ({
  subject: `${application} ${name}`,
  findings: [],
  evidence: [`its deployments could not be read: ${why}`],
});

type Trace = { readonly said: string; readonly since: number };

/** The one that ECS's message names; else the newest since the action began that did not succeed. */
const findDeployment = async (
  { aws, application: { cluster } }: ApplicationSurroundings,
  { service }: ApplicationService,
  { said, since }: Trace,
): Promise<string | { readonly unread: string }> => {
  const [named] = /\becs-svc\/\d{10,}/.exec(said) ?? [];
  if (named) return named;
  try {
    const { serviceDeployments = [] } = await aws.ecs.listServiceDeployments({
      cluster,
      service,
      // The clocks of CodePipeline and ECS are not one.
      createdAt: { after: new Date(since - 60_000) },
    });
    const failed = serviceDeployments.find(({ status }) => status !== 'SUCCESSFUL') ?? serviceDeployments[0];
    return idOf(failed) ?? { unread: '' };
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    if (error instanceof Error && /NotFound/.test(error.name)) return { unread: '' };
    return { unread: messageOf(error, 'application').split('\n')[0] ?? '' };
  }
};

/** A service revision's ARN ends with the digits of its deployment's id. */
const idOf = (brief: ServiceDeploymentBrief | undefined): string | undefined => {
  const digits = brief?.targetServiceRevisionArn?.split('/').at(-1);
  return digits && `ecs-svc/${digits}`;
};
