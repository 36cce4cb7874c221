// The services as they are on the wire. Shapes are not written here: the SDK clients carry their own runtime schemas.
import { NormalizedSchema } from '@smithy/core/schema';
import type { SchemaRef } from '@smithy/types';
import type { ServiceName } from '../cloud.ts';

export type Protocol = 'json' | 'query' | 'ec2' | 'rest';

export type ServiceWire = {
  readonly name: ServiceName;
  readonly protocol: Protocol;
  /** The service in a SigV4 credential scope. */
  readonly signingName: string;
  /** Prefix of X-Amz-Target. */
  readonly target: string;
  readonly version: string;
  readonly xmlNamespace: string;
  readonly load: () => Promise<object>;
};

const wire = (
  name: ServiceName,
  facts: Omit<ServiceWire, 'name' | 'xmlNamespace' | 'target'> & { readonly target?: string },
): ServiceWire => ({
  name,
  target: '',
  xmlNamespace: `https://${facts.signingName}.amazonaws.com/doc/${facts.version}/`,
  ...facts,
});

// Clients are loaded on a service's first call: EC2's alone costs more than all others together.
export const serviceWires: readonly ServiceWire[] = [
  wire('ecs', {
    protocol: 'json',
    signingName: 'ecs',
    target: 'AmazonEC2ContainerServiceV20141113',
    version: '2014-11-13',
    load: () => import('@aws-sdk/client-ecs'),
  }),
  wire('codepipeline', {
    protocol: 'json',
    signingName: 'codepipeline',
    target: 'CodePipeline_20150709',
    version: '2015-07-09',
    load: () => import('@aws-sdk/client-codepipeline'),
  }),
  wire('codebuild', {
    protocol: 'json',
    signingName: 'codebuild',
    target: 'CodeBuild_20161006',
    version: '2016-10-06',
    load: () => import('@aws-sdk/client-codebuild'),
  }),
  wire('ecr', {
    protocol: 'json',
    signingName: 'ecr',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    version: '2015-09-21',
    load: () => import('@aws-sdk/client-ecr'),
  }),
  wire('secrets', {
    protocol: 'json',
    signingName: 'secretsmanager',
    target: 'secretsmanager',
    version: '2017-10-17',
    load: () => import('@aws-sdk/client-secrets-manager'),
  }),
  wire('logs', {
    protocol: 'json',
    signingName: 'logs',
    target: 'Logs_20140328',
    version: '2014-03-28',
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
  }),
  wire('elb', {
    protocol: 'query',
    signingName: 'elasticloadbalancing',
    version: '2015-12-01',
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  }),
  wire('iam', {
    protocol: 'query',
    signingName: 'iam',
    version: '2010-05-08',
    load: () => import('@aws-sdk/client-iam'),
  }),
  wire('sts', {
    protocol: 'query',
    signingName: 'sts',
    version: '2011-06-15',
    load: () => import('@aws-sdk/client-sts'),
  }),
  wire('rds', {
    protocol: 'query',
    signingName: 'rds',
    version: '2014-10-31',
    load: () => import('@aws-sdk/client-rds'),
  }),
  wire('ec2', {
    protocol: 'ec2',
    signingName: 'ec2',
    version: '2016-11-15',
    load: () => import('@aws-sdk/client-ec2'),
  }),
  wire('efs', {
    protocol: 'rest',
    signingName: 'elasticfilesystem',
    version: '2015-02-01',
    load: () => import('@aws-sdk/client-efs'),
  }),
];

export type OperationModel = {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, path and status of a REST operation. */
  readonly http: readonly [string, string, number] | undefined;
};

export type ErrorModel = {
  /** As a client sees it: the Query services' codes differ from their shapes' names. */
  readonly code: string;
  readonly status: number;
  readonly schema: NormalizedSchema;
};

export type ServiceModel = {
  readonly wire: ServiceWire;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By code and by shape name. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
};

type Traits = {
  readonly http?: readonly [string, string, number];
  readonly error?: 'client' | 'server';
  readonly httpError?: number;
  readonly awsQueryError?: readonly [string, number];
};

type OperationSchema = readonly [9, string, string, Traits | number, SchemaRef, SchemaRef];
type ErrorSchema = readonly [-3, string, string, Traits | number, ...unknown[]];

const isSchema = (value: unknown, kind: number): boolean => Array.isArray(value) && value[0] === kind;
const traitsOf = (traits: Traits | number): Traits => (typeof traits === 'number' ? {} : traits);

const operationModel = ([, , name, traits, input, output]: OperationSchema): OperationModel => ({
  name,
  input: NormalizedSchema.of(input),
  output: NormalizedSchema.of(output),
  http: traitsOf(traits).http,
});

const errorModels = (schema: ErrorSchema): readonly (readonly [string, ErrorModel])[] => {
  const [, , name, raw] = schema;
  const traits = traitsOf(raw);
  const [code, status] = traits.awsQueryError ?? [
    name,
    traits.httpError ?? (traits.error === 'server' ? 500 : 400),
  ];
  const model = { code, status, schema: NormalizedSchema.of(schema as unknown as SchemaRef) };
  return [
    [name, model],
    [code, model],
  ];
};

const loadModel = async (wireOfService: ServiceWire): Promise<ServiceModel> => {
  const exported = Object.values(await wireOfService.load());
  const operations = exported.filter((value): value is OperationSchema => isSchema(value, 9));
  const errors = exported.filter((value): value is ErrorSchema => isSchema(value, -3));
  return {
    wire: wireOfService,
    operations: new Map(operations.map((schema) => [schema[2], operationModel(schema)])),
    errors: new Map(errors.flatMap(errorModels)),
  };
};

const models = new Map<ServiceName, Promise<ServiceModel>>();

/** The schemas of a service, read once from its SDK client. */
export const modelOf = (service: ServiceWire): Promise<ServiceModel> => {
  const model = models.get(service.name) ?? loadModel(service);
  models.set(service.name, model);
  return model;
};

export const wireOf = (name: ServiceName): ServiceWire => {
  const found = serviceWires.find((service) => service.name === name);
  if (!found) throw new Error(`No wire facts for ${name}`);
  return found;
};
