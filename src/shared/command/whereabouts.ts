// How a person gets at a task: its page, its log, its end. Exact commands, to copy.
import { clusterPage } from '../console.ts';
import type { Application } from '../fleet/application.ts';
import { taskIdOf } from './tasks.ts';
import type { Workplace } from './workplace.ts';

type At = { readonly environment: Pick<Application['environment'], 'region'>; readonly cluster: string };

export const taskPage = (at: At, taskArn: string): string => clusterPage(at, `tasks/${taskIdOf(taskArn)}`);

export const stopCommand = ({ environment: { region }, cluster }: At, taskArn: string): string =>
  `aws ecs stop-task --cluster ${cluster} --task ${taskIdOf(taskArn)} --region ${region}`;

/** The command that shows a task's log; what is known instead where it cannot be read so. */
export const logCommand = (
  { environment: { region } }: At,
  { log }: Pick<Workplace, 'log'>,
  taskArn: string,
): string => {
  if (typeof log === 'string') return log;
  const { group, stream } = log(taskIdOf(taskArn));
  return `aws logs tail ${group} --log-stream-names ${stream} --since 12h --follow --region ${region}`;
};
