// The templates whose policies are generated: where an action's calls are listed for it, and what the names in these lists
// are called in it.

export type Template = {
  readonly file: string;
  /** Files of an action's folder that may list its calls for this template; the first that is there does. */
  readonly lists: readonly string[];
  /** What the lists write with the sources' names, by the template's parameters. The longer ones first. */
  readonly parameters: readonly (readonly [from: string, to: string])[];
  /** What holds only where a condition of the template does: a parameter that may be empty, or an action. */
  readonly conditions: Readonly<Record<string, string>>;
};

/** How iam.json and CloudFormation write a place to be filled in. */
const slot = (name: string): string => `\${${name}}`;

const everywhere = [
  ['arn:aws:', `arn:${slot('AWS::Partition')}:`],
  [slot('Region'), slot('AWS::Region')],
  [slot('Account'), slot('AWS::AccountId')],
] as const;

const tenants: Template = {
  file: 'infra/github-roles.yml',
  lists: ['iam.json'],
  parameters: [
    ...everywhere,
    [`${slot('Environment')}-ecs-task-execution-role`, slot('ExecutionRoleName')],
    [`${slot('Environment')}-rds-master-credentials`, slot('MasterSecret')],
    [`${slot('Environment')}-basic-auth`, slot('BasicAuthSecret')],
    [`${slot('Environment')}-cluster`, slot('Cluster')],
    [`/ecs/${slot('Environment')}`, slot('LogGroup')],
    [slot('TaskRole'), slot('TaskRoleName')],
    [slot('Environment'), slot('EnvironmentName')],
  ],
  conditions: { [slot('TaskRoleName')]: 'HasTaskRole', [slot('BasicAuthSecret')]: 'HasBasicAuthSecret' },
};

const applications: Template = {
  file: 'infra/application-roles.yml',
  // An action that serves tenants too calls other things for an application.
  lists: ['iam.application.json', 'iam.json'],
  parameters: [
    ...everywhere,
    [`${slot('Application')}-${slot('Environment')}-cluster`, slot('Cluster')],
    [slot('Application'), slot('ApplicationName')],
    [slot('Environment'), slot('EnvironmentName')],
  ],
  conditions: { 'codepipeline:PutApprovalResult': 'MayApprove' },
};

export const templates: readonly Template[] = [tenants, applications];
