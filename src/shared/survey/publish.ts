// Where a plan is told beside the job's summary: in a pull request's comment and in an environment's drift issue.
import type { World } from '../world.ts';
import { commentBytes, keepComment, markOf, pullOf } from './comment.ts';
import { keepIssue } from './issue.ts';
import { plural } from './markdown.ts';
import { type Paper, reportPlans } from './report.ts';
import { type EnvironmentPlan, planDiffers, tenantDiffers } from './types.ts';

export type Publishing = {
  readonly fleet: string;
  /** Undefined: all of them. */
  readonly environment: string | undefined;
  readonly token: string;
  /** Milliseconds since the epoch to which GitHub's rate limits are waited for. */
  readonly deadline: number;
};

/** The rest is for the mark and the signature. */
const textBytes = commentBytes - 1_000;

const paperOf = ({ run }: Pick<World, 'run'>): Paper => ({
  most: textBytes,
  rest: `[the job's summary](${run.url}) has the rest.`,
});

/** Keeps the pull request's comment; says why there is none where the run is not for a pull request. */
export const publishComment = async (
  { fleet, environment, token, deadline }: Publishing,
  write: (paper: Paper) => string,
  world: World,
): Promise<void> => {
  const pull = await pullOf(world);
  const { url, event } = world.run;
  if (!pull) {
    world.log.warning(
      `Not commented: the run's event is ${event || 'none'}, and only pull_request has a pull request.`,
    );
    return;
  }
  const mark = markOf('plan-fleet', { fleet, environment: environment ?? 'all' });
  const signature = `<sub>For ${pull.head.slice(0, 7)}, seen in [this run](${url}). Nothing was written.</sub>`;
  const markdown = `${write(paperOf(world))}\n${signature}\n`;
  await keepComment({ pull, mark, markdown, token, until: deadline }, world);
};

/** Opens, edits or closes the environment's issue. */
export const publishDrift = async (
  { fleet, token, deadline }: Publishing,
  plan: EnvironmentPlan,
  world: World,
): Promise<void> => {
  const { environment, tenants, orphans } = plan;
  const lost = new Set(orphans.map(({ tenant }) => tenant));
  const count = tenants.filter(tenantDiffers).length + lost.size;
  const signature =
    `<sub>Seen in [this run](${world.run.url}). ` +
    'Each run edits this issue; the first one that sees no difference closes it.</sub>';
  const report = reportPlans({ plans: [plan], failures: [] }, paperOf(world));
  await keepIssue(
    {
      environment,
      mark: markOf('drift', { fleet, environment }),
      title: `${environment} differs from its manifests: ${plural(count, 'tenant')}`,
      markdown: planDiffers(plan) ? `${report}\n${signature}\n` : undefined,
      token,
      until: deadline,
    },
    world,
  );
};
