// How demo and rehearsal start runs, show what happens, and look at the cloud afterwards.
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import type { RunEnd } from '../../sandbox/github/workflow/types.ts';
import type { ApplicationRehearsal, Rehearsal, Started } from '../../sandbox/rehearsal.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import { connectAws } from '../../src/shared/world-aws.ts';

type Dispatch = Omit<Started, 'event'> & { readonly inputs: Readonly<Record<string, string>> };

/** `gh workflow run`, with its inputs. */
export const dispatch = (rehearsal: Rehearsal, { inputs, ...started }: Dispatch): Promise<RunEnd> =>
  rehearsal.run({ ...started, event: { name: 'workflow_dispatch', payload: {}, inputs, actor: 'you' } });

/** What GitHub says of a new pull request that adds the whole fleet. */
export const openPull = (rehearsal: Pick<Rehearsal, 'hub' | 'sha'>): object => {
  const { owner, name } = rehearsal.hub.repository;
  const repository = `${owner}/${name}`;
  const [before, sha] = [rehearsal.sha('before'), rehearsal.sha()];
  const number = rehearsal.hub.openPull({
    title: 'Add the tenants',
    base: { ref: 'main', sha: before },
    head: { ref: 'tenants', sha, repository },
  });
  const repo = { full_name: repository };
  const head = { sha, ref: 'tenants', repo };
  const base = { sha: before, ref: 'main', repo };
  return { action: 'opened', number, pull_request: { number, head, base } };
};

/** check.yml on such a pull request. */
export const pullRequest = (rehearsal: Rehearsal, { onLine }: Pick<Started, 'onLine'>): Promise<RunEnd> =>
  rehearsal.run({
    workflow: '.github/workflows/check.yml',
    event: { name: 'pull_request', payload: openPull(rehearsal) },
    approve: async () => 'rejected',
    ...(onLine ? { onLine } : {}),
  });

/** A sandbox's sites have no names in the world's DNS: they are looked at through its load balancer's own address. */
export const siteVariables = ({ cloud }: Rehearsal): Readonly<Record<string, string>> => ({
  TENANT_PROBE: `${cloud.siteUrl}/`,
  TENANT_STABLE_SECONDS: '0',
});

/** The same for an application's addresses. */
export const releaseVariables = ({ cloud }: ApplicationRehearsal): Readonly<Record<string, string>> => ({
  RELEASE_PROBE: `${cloud.siteUrl}/`,
  RELEASE_STABLE_SECONDS: '0',
});

/** The lines that a person would look at while it runs; the rest is in the job's own log. */
export const showRun = (job: string, line: string): void => {
  const short = job.replace(/^deploy \/ /, '');
  if (/^(ERROR|WARNING|NOTICE)\b/.test(line)) console.log(`   ${short} │ ${line.slice(0, 300)}`);
};

/** The Markdown that GitHub shows for the jobs of the name. */
export const summaryOf = (end: RunEnd, job: RegExp): string =>
  end.jobs
    .filter(({ name }) => job.test(name))
    .map(({ summary }) => summary)
    .join('\n');

/** Tenants whose deployment is through and whose targets are all healthy, asked of the cloud itself. */
export const healthyTenants = async ({ cloud, environment }: Rehearsal): Promise<readonly string[]> => {
  const { ecs, elb } = connectAws(
    {
      region: environment.region,
      endpoint: 'http://sandbox.invalid',
      credentials: async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' }),
      requestHandler: inProcessHandler(cloud.sandbox),
    },
    clients,
  );
  const healthy: string[] = [];
  for await (const { serviceArns = [] } of ecs.paginateListServices({ cluster: environment.cluster })) {
    if (!serviceArns.length) continue;
    const { services = [] } = await ecs.describeServices({
      cluster: environment.cluster,
      services: serviceArns,
    });
    for (const { serviceName = '', deployments = [], loadBalancers = [] } of services) {
      const TargetGroupArn = loadBalancers[0]?.targetGroupArn ?? '';
      const { TargetHealthDescriptions: targets = [] } = await elb.describeTargetHealth({ TargetGroupArn });
      const isThrough = deployments.every(({ rolloutState }) => rolloutState === 'COMPLETED');
      const areHealthy =
        targets.length > 0 && targets.every(({ TargetHealth: at }) => at?.State === 'healthy');
      if (isThrough && areHealthy) healthy.push(serviceName);
    }
  }
  return healthy.sort();
};
