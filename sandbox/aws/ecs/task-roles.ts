// Roles that ECS must be able to assume before it can start a task.
import { AwsError } from '../cloud.ts';
import type { DefinitionRecord } from './records.ts';
import type { Ecs } from './state.ts';

/** What ECS says of the first role that it cannot assume: it is not there, not in force yet, or trusts others. */
export const roleProblem = (
  { neighbours }: Ecs,
  roles: readonly (string | undefined)[],
): string | undefined => {
  const bad = roles.find((role) => role !== undefined && !neighbours.iam.isTaskRole(role));
  return bad === undefined
    ? undefined
    : `ECS was unable to assume the role '${bad}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
};

export const rolesOf = ({ content }: DefinitionRecord): readonly (string | undefined)[] => [
  content.executionRoleArn,
  content.taskRoleArn,
];

/** For RunTask, which says so at once: ClientException. */
export const demandRoles = (ecs: Ecs, roles: readonly (string | undefined)[]): void => {
  const problem = roleProblem(ecs, roles);
  if (problem !== undefined) throw new AwsError('ClientException', problem);
};
