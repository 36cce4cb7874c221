// The task never started because a secret may not be read, or is another tenant's.
import { clip } from '../clip.ts';
import type { Rule } from '../rule.ts';
import { roleIn, type Start, said, secretIn } from './starting.ts';

const link =
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html';

const nextTask =
  'The next task of {service} gets beyond PENDING; its environment is read anew at each start.';

export const secretAccessRules: readonly Rule<Start>[] = [
  {
    id: 'secret-of-another-tenant',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'failed to fetch secret … from secrets manager',
      'is not authorized to perform: secretsmanager:GetSecretValue on resource',
    ],
    sees: (start) => {
      const { tenant, secret } = start.facts;
      const named = /:secret:([\w/+=.@!-]+?)(?:-\w{6})?(?![\w/+=.@!-])/.exec(start.reason)?.[1];
      if (!tenant || !secret || !named || named === secret) return undefined;
      const [before = '', after = ''] = secret.split(tenant, 2);
      const other = named.slice(before.length, after ? -after.length : undefined);
      const isLike = secret.includes(tenant) && named === `${before}${other}${after}`;
      return isLike && /^[a-z0-9-]+$/.test(other)
        ? {
            proof: [{ from: 'task', text: clip(start.reason) }],
            facts: { otherSecret: named, otherTenant: other },
          }
        : undefined;
    },
    cause:
      "Task definition {family} of {subject} names the secret {otherSecret}, which is tenant {otherTenant}'s: it was copied from there, and the name is written into it.",
    fix: [
      "Have the task definition written anew, with the tenant's own secret: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: secret,access,task-definition,service`.",
      'Where {subject} has no database of its own yet, run the action run-db-init with `environment: {environment}`, `tenant: {tenant}`, `operation: init`.',
    ],
    verify:
      '`aws ecs describe-task-definition --region {region} --task-definition {family} --query "taskDefinition.containerDefinitions[].secrets"` names {secret} alone.',
    link,
  },
  said({
    id: 'secret-key-denied',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'certain',
    symptoms: ['Access to KMS is not allowed', 'is not authorized to perform: kms:Decrypt'],
    said: [/Access to KMS is not allowed|kms:Decrypt/i],
    facts: (start) => ({ role: roleIn(start), secretArn: secretIn(start) }),
    cause: 'Role {role} may read secret {secretArn}, but not use the KMS key that it is encrypted with.',
    fix: [
      'Find the key: `aws secretsmanager describe-secret --region {region} --secret-id {secretArn} --query KmsKeyId --output text`.',
      "Allow {role} `kms:Decrypt` on it: in the role's policy, and in the key's own policy where that does not leave it to IAM. A change holds after about a minute.",
    ],
    verify: nextTask,
    link,
  }),
  said({
    id: 'secret-denied',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'certain',
    symptoms: [
      'is not authorized to perform: secretsmanager:GetSecretValue on resource',
      'ResourceInitializationError: unable to pull secrets or registry auth',
      'AccessDeniedException',
    ],
    said: [
      /AccessDenied|not authorized to perform/i,
      /secretsmanager|ssm:|secrets? from (?:asm|ssm)/i,
      /^(?!.*(?:KMS|kms:Decrypt))/s,
    ],
    facts: (start) => {
      const secretArn = secretIn(start);
      const readAction = secretArn.includes(':ssm:') ? 'ssm:GetParameters' : 'secretsmanager:GetSecretValue';
      return { role: roleIn(start), secretArn, readAction };
    },
    cause: 'Role {role}, with which ECS starts the task, may not read secret {secretArn}.',
    fix: [
      {
        tenant:
          'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: access`: it writes the policy for exactly this secret.',
        application:
          '`aws iam put-role-policy --role-name {role} --policy-name read-secret-of-{family} --policy-document \'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{readAction}","Resource":"{secretArn}"}]}\'` lets it; in Terraform, the same statement in the role. Where the secret has a KMS key of its own, `kms:Decrypt` on that key too.',
      },
      'A policy written just now holds after about a minute: run again then. AWS says the same of a secret that does not exist.',
    ],
    verify:
      '`aws iam simulate-principal-policy --policy-source-arn $(aws iam get-role --role-name {role} --query Role.Arn --output text) --action-names {readAction} --resource-arns {secretArn} --query "EvaluationResults[].EvalDecision"` answers allowed.',
    link,
  }),
];
