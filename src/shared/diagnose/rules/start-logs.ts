// The task never started because its log could not be opened.
import type { Rule } from '../rule.ts';
import { roleIn, type Start, said } from './starting.ts';

const mounted = 'A new task of {service} gets beyond PENDING.';

export const logRules: readonly Rule<Start>[] = [
  said({
    id: 'log-group-denied',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'certain',
    symptoms: [
      'is not authorized to perform: logs:CreateLogStream',
      'is not authorized to perform: logs:CreateLogGroup',
    ],
    said: [/not authorized to perform: (logs:\w+)|log stream.{0,200}AccessDenied/i],
    facts: (start, [permission = '']) => ({
      permission: permission || 'logs:CreateLogStream',
      role: roleIn(start),
    }),
    cause: 'Role {role}, with which ECS starts the task, lacks {permission}, so the log could not be opened.',
    fix: [
      '`aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy` lets it write to log groups that exist.',
      'logs:CreateLogGroup is only needed for awslogs-create-group: make the group yourself instead, `aws logs create-log-group --region {region} --log-group-name {logGroup}`.',
    ],
    verify: mounted,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html',
  }),
  said({
    id: 'log-group-missing',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['The specified log group does not exist.', 'failed to validate logger args'],
    said: [
      /log group does not exist|validate logger args|initialize logging driver/i,
      // Where nobody answered, nobody said that it is missing.
      /^(?!.*(?:connection issue|AccessDenied|not authorized|timeout|deadline exceeded))/is,
    ],
    cause: 'Log group {logGroup}, which task definition {family} writes to, does not exist in {region}.',
    fix: [
      '`aws logs create-log-group --region {region} --log-group-name {logGroup}`',
      {
        tenant:
          'Or correct its name: `logGroup` in {environmentManifest}, then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`.',
        application: 'Or correct its name: awslogs-group in task definition {family}, and deploy that.',
      },
    ],
    verify:
      '`aws logs describe-log-groups --region {region} --log-group-name-prefix {logGroup}` shows it, and a new task of {service} gets beyond PENDING.',
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html',
  }),
];
