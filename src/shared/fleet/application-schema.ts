// The keys of applications/<name>.yml, in their two forms: as one layer is written, which may leave to the other what
// both together must have, and as both are together with their names filled in.
import * as z from 'zod';
import { neverAbandonDefault } from './application.ts';
import {
  address,
  clusterName,
  containerName,
  type Form,
  instanceName,
  logGroupName,
  named,
  needed,
  pipelineName,
  repositoryName,
  serviceName,
  shortName,
  shortNameRight,
  targetGroupName,
} from './application-fields.ts';
import { ownOf } from './application-place.ts';
import { group, type KeyRule, listOf, mapOf, oneOf, text } from './fields.ts';

const shortNames = (kind: string): KeyRule => ({
  refuse: (key) =>
    shortName.test(key) ? undefined : { what: `is no name of ${kind}.`, fix: `Write ${shortNameRight}.` },
  pattern: shortName.source,
});

const serviceSchema = <F extends Form>(form: F) =>
  group({
    service: needed(
      form,
      named(form, serviceName),
      'Name of the ECS service; without it {application}-{environment}-<service>',
    ),
    container: needed(
      form,
      named(form, containerName),
      'The container whose exit code and log count; without it named as the service is here',
    ),
    logGroup: needed(
      form,
      named(form, logGroupName),
      'Log group of its tasks; without it /ecs/{application}-{environment}-<service>',
    ),
    targetGroups: listOf(
      named(form, targetGroupName),
      [1, 5],
      'a list of 1 to 5 names of target groups, not their ARNs',
    )
      .optional()
      .meta({ description: 'Target groups that it must be registered with; without it those that ECS has' }),
  });

const stage = () => text(/^[A-Za-z0-9.@_-]{1,100}$/, "a stage's name, as CodePipeline has it");

const pipelineSchema = <F extends Form>(form: F) =>
  group({
    name: text(shortName, shortNameRight),
    pipeline: needed(
      form,
      named(form, pipelineName),
      'Name of the CodePipeline; without it {application}-{environment}-<name>-pipeline',
    ),
    migration: oneOf(['pipeline', 'after', 'none'])
      .default('none')
      .meta({ description: 'Who migrates the database: the pipeline, a one-off task after it, or nobody' }),
    neverAbandon: listOf(stage(), [0, 50], 'a list of names of stages')
      .default([...neverAbandonDefault])
      .meta({
        description:
          'Stages in which a running action is never left behind, beside deployments and migrations',
      }),
  });

const argument = () => text(/^[^\0]{0,4096}$/, 'a text of at most 4096 characters');

const migrationSchema = <F extends Form>(form: F) =>
  group({
    service: needed(
      form,
      text(shortName, 'the name of one of the `services` here'),
      'The service in whose task definition and network it runs, as it is named here',
    ),
    container: needed(form, named(form, containerName), "Its container; without it the service's"),
    command: needed(
      form,
      z
        .array(argument(), { error: commandRight })
        .min(1, { error: commandRight })
        .max(100, { error: commandRight }),
      'Program and arguments, taken as they are; nothing secret',
    ),
  });

const commandRight = 'a list of the program and its arguments, e.g. [php, artisan, migrate, --force]';

const codes = '[2-4]\\d\\d(?:-[2-4]\\d\\d)?';

const healthCheckSchema = <F extends Form>(form: F) =>
  group({
    url: needed(form, named(form, address), 'Address that is asked; redirects are not followed'),
    matcher: text(
      new RegExp(`^${codes}(?:,${codes})*$`),
      'HTTP codes from 200 to 499 as a quoted text, e.g. "200", "200,302" or "200-399"',
    )
      .default('200')
      .meta({ description: 'HTTP codes that are healthy' }),
    contains: text(/^[\s\S]{1,1000}$/, 'a text of at most 1000 characters')
      .optional()
      .meta({ description: 'Text that the body must hold, as it stands there' }),
  });

const imageSchema = <F extends Form>(form: F) =>
  group({
    repository: needed(form, named(form, repositoryName), 'ECR repository; without it {application}-<image>'),
  });

const overridable = <F extends Form>(form: F) => ({
  cluster: needed(form, named(form, clusterName), 'ECS cluster; a name, not an ARN'),
  services: needed(
    form,
    mapOf(shortNames('a service'), serviceSchema(form), servicesRight),
    'ECS services by their short names',
  ),
  pipelines: z
    .array(pipelineSchema(form), {
      error: 'a list of pipelines, each with its name, in the order of release',
    })
    .max(50, { error: 'at most 50 pipelines' })
    .default([])
    .meta({ description: 'CodePipelines, in the order of release' }),
  migration: migrationSchema(form).optional().meta({ description: 'What migrates the database' }),
  healthChecks: mapOf(
    shortNames('a health check'),
    healthCheckSchema(form),
    'a map of health checks, e.g. healthChecks: {api: {url: https://api.example.com/up}}',
  )
    .default({})
    .meta({ description: 'Addresses that must answer after a release' }),
  database: group({ instance: named(form, instanceName).meta({ description: 'RDS instance identifier' }) })
    .optional()
    .meta({ description: 'The database whose exposure is checked' }),
  images: mapOf(shortNames('an image'), imageSchema(form), 'a map of images, e.g. images: {api: {}}')
    .default({})
    .meta({ description: 'Images that it is built into' }),
});

const servicesRight = 'a map of services, e.g. services: {api: {}, worker: {}}';

/** applications/<name>.yml: what holds everywhere, and one layer more for each environment. */
export const applicationFileSchema = group({
  name: text(shortName, shortNameRight),
  environments: mapOf(
    shortNames('an environment'),
    group({ ...ownOf('written'), ...overridable('written') }),
    'a map of the environments, e.g. environments: {prod: {accountId: "123456789012", region: eu-west-2}}',
  ),
  ...overridable('written'),
});

/** One environment of it: both layers, defaults and names filled in. */
export const filledSchema = group({ ...ownOf('filled'), ...overridable('filled') });
export type FilledApplication = z.output<typeof filledSchema>;
