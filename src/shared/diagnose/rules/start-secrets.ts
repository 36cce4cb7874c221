// The task never started because a secret of its task definition is not there, or not as that asks for it.
import type { Rule } from '../rule.ts';
import { type Start, said, secretIn } from './starting.ts';

const link =
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html';

const nextTask =
  'The next task of {service} gets beyond PENDING; its environment is read anew at each start.';

const seeKeys =
  '`aws secretsmanager get-secret-value --region {region} --secret-id {secretArn} --query SecretString --output text | jq keys` names the keys without their values.';

/** Whoever asks for its value: ECS for a task, or an action. */
export const withoutValue = {
  id: 'secret-without-value',
  area: 'start',
  level: 'cause',
  lasts: 'permanent',
  sure: 'certain',
  symptoms: ["can't find the specified secret value for staging label: AWSCURRENT"],
  cause: 'Secret {secretArn} has no version {stage}: it was made without a value, or its rotation broke off.',
  fix: [
    'See its versions: `aws secretsmanager list-secret-version-ids --region {region} --secret-id {secretArn}`. Where one is there, give it the stage: `aws secretsmanager update-secret-version-stage --region {region} --secret-id {secretArn} --version-stage {stage} --move-to-version-id <id>`.',
    {
      tenant:
        'Where none is, run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: secret`, which fills it, then run-db-init with the same inputs and `operation: init`.',
      application: "Where none is, fill it: Secrets Manager in the AWS console, 'Edit secret value'.",
    },
  ],
  verify:
    '`aws secretsmanager list-secret-version-ids --region {region} --secret-id {secretArn}` shows a version with {stage}.',
  link,
} as const;

export const secretRules: readonly Rule<Start>[] = [
  said({
    id: 'secret-json-key-missing',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['retrieved secret from Secrets Manager did not contain json key'],
    said: [/did not contain json key "?([\w.-]+)/i],
    facts: (start, [jsonKey = '']) => ({
      jsonKey,
      secretArn: secretIn(start, (valueFrom) => valueFrom.split(':')[7] === jsonKey),
    }),
    cause: "Secret {secretArn} has no JSON key '{jsonKey}', which task definition {family} asks for.",
    fix: [
      seeKeys,
      {
        tenant:
          'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: secret,task-definition,service`: it writes secret and task definition as they belong together; then run-db-init with the same inputs and `operation: init`.',
        application:
          "Where the key has another name, correct valueFrom in task definition {family}: `{secretArn}:<key>::`. Where it is missing, add '{jsonKey}' to the secret's JSON: Secrets Manager in the AWS console, 'Edit secret value'.",
      },
    ],
    verify: nextTask,
    link,
  }),
  said({
    id: 'secret-reference-malformed',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'unexpected ARN format with parameters when trying to retrieve ASM secret',
      'minimum field size of 32, GetSecretValueInput.VersionId',
    ],
    // A colon too many or too few, and the JSON key is taken for a version.
    said: [/(?:unexpected|invalid) ARN format|minimum field size of \d+, GetSecretValueInput/i],
    facts: (start) => ({
      secretArn: secretIn(start, (valueFrom) => ![7, 10].includes(valueFrom.split(':').length)),
    }),
    cause: "A secret's valueFrom in task definition {family} is not written as ECS reads it: {secretArn} …",
    fix: [
      'Behind the ARN stand JSON key, stage and version, with all colons even where they are empty: `{secretArn}:password::`. Without `:password::` at all the whole JSON would become the password.',
      {
        tenant:
          'The action provision-tenant writes it so: run it with `environment: {environment}`, `tenant: {tenant}`, `steps: task-definition,service`.',
        application: 'Correct it in task definition {family}, and deploy that.',
      },
    ],
    verify: nextTask,
    link,
  }),
  said({
    id: 'secret-not-json',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['looking for beginning of value'],
    said: [/invalid character .{1,8} looking for beginning of value/i],
    facts: (start) => ({ secretArn: secretIn(start, (valueFrom) => !!valueFrom.split(':')[7]) }),
    cause: 'Secret {secretArn} is plain text, but task definition {family} asks for a JSON key in it.',
    fix: [
      {
        tenant:
          'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: secret`: it writes the secret as JSON with a password of its own; then run-db-init with the same inputs and `operation: init`, which sets that password in the database.',
        application:
          "Store JSON with that key in the secret (Secrets Manager in the AWS console, 'Edit secret value'), or delete `:<key>::` behind the ARN in valueFrom of task definition {family}, so that the whole text is taken.",
      },
    ],
    verify: seeKeys,
    link,
  }),
  said({
    id: 'secret-pending-deletion',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      "You can't perform this operation on the secret because it was marked for deletion.",
      'scheduled for deletion',
    ],
    said: [/(?:marked|scheduled) for deletion/i],
    facts: (start) => ({ secretArn: secretIn(start) }),
    cause: 'Secret {secretArn} is marked for deletion, so ECS cannot read it.',
    fix: [
      '`aws secretsmanager restore-secret --region {region} --secret-id {secretArn}`',
      'Run the same action again: it keeps the password that is in it, so the database needs no change.',
    ],
    verify:
      '`aws secretsmanager describe-secret --region {region} --secret-id {secretArn} --query DeletedDate` answers null.',
    link: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html',
  }),
  said({
    ...withoutValue,
    said: [/staging label: (\w+)/i],
    facts: (start, [stage = '']) => ({ stage, secretArn: secretIn(start) }),
  }),
  said({
    id: 'secret-missing',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ["Secrets Manager can't find the specified secret."],
    said: [/can't find the specified secret(?! value)/i],
    facts: (start) => ({ secretArn: secretIn(start) }),
    cause: 'Secret {secretArn}, which task definition {family} names, does not exist in {region}.',
    fix: [
      "Compare with what is there: `aws secretsmanager list-secrets --region {region} --include-planned-deletion --query 'SecretList[].ARN'`. An ARN ends in six characters of its own, and a secret that was deleted and made again has others.",
      {
        tenant:
          'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: secret,access,task-definition,service`: it makes the secret and names it; then run-db-init with the same inputs and `operation: init`.',
        application:
          'Correct valueFrom in task definition {family} to the ARN of one that is there, and deploy that.',
      },
    ],
    verify: '`aws secretsmanager describe-secret --region {region} --secret-id {secretArn}` finds it.',
    link,
  }),
  said({
    id: 'parameter-missing',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['unable to retrieve secrets from ssm', 'invalid ssm parameters', 'invalid parameters:'],
    said: [/invalid (?:ssm )?parameters: ?([^\s,]*)/i],
    facts: (_, [parameter = '']) => ({ parameter: parameter || '<parameter>' }),
    cause:
      'Task definition {family} asks Systems Manager for the parameter {parameter}, which does not exist in {region}. ECS takes every valueFrom that is no ARN of Secrets Manager for the name of a parameter.',
    fix: [
      'Where a secret is meant, write its whole ARN into valueFrom: `aws secretsmanager describe-secret --region {region} --secret-id {parameter} --query ARN --output text`.',
      'Where a parameter is meant, make it (`aws ssm put-parameter --region {region} --name {parameter} --type SecureString --value file://value`) or correct its name, and deploy again.',
    ],
    verify:
      '`aws ssm get-parameter --region {region} --name {parameter}` finds it, or valueFrom begins with arn:aws:secretsmanager.',
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html',
  }),
];
