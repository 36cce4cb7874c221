// AWS's own service models as a measure: whether a request or an answer is one that AWS could have seen or given.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '../../sandbox/aws/cloud.ts';

export type Shape = {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly document?: boolean;
};

export type Model = {
  readonly operations: Readonly<
    Record<
      string,
      { readonly input?: { readonly shape: string }; readonly output?: { readonly shape: string } }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
};

/** There is no model of CodeBuild in the folder. */
export type ModelledService = Exclude<ServiceName, 'codebuild'>;
export type Models = Readonly<Record<ModelledService, Model>>;

const files: Readonly<Record<ModelledService, string>> = {
  codepipeline: 'codepipeline',
  ec2: 'ec2',
  ecr: 'ecr',
  ecs: 'ecs',
  efs: 'efs',
  elb: 'elbv2',
  iam: 'iam',
  logs: 'logs',
  rds: 'rds',
  secrets: 'secretsmanager',
  sts: 'sts',
};

/** The models of the folder that AWS_MODELS names; undefined, after saying so, where it names none. */
export const loadModels = (): Models | undefined => {
  const folder = process.env.AWS_MODELS;
  if (!folder) {
    process.stderr.write(
      'Left out: comparing with AWS’s own service models. Set AWS_MODELS to a folder with ecs.json, elbv2.json … ' +
        '(botocore’s service-2.json files under these names) to include it.\n',
    );
    return undefined;
  }
  const models = Object.entries(files).map(([service, file]) => [
    service,
    JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')),
  ]);
  return Object.fromEntries(models) as Models;
};

/** What the sandbox's records show instead of what the models call sensitive. */
const masked = '***sensitive***';

const typeOf = (value: unknown): string => {
  if (value instanceof Date) return 'timestamp';
  if (value instanceof Uint8Array) return 'blob';
  if (Array.isArray(value)) return 'list';
  return typeof value;
};

const jsTypes: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  double: 'number',
  float: 'number',
  integer: 'number',
  long: 'number',
  blob: 'blob',
  string: 'string',
  timestamp: 'timestamp',
  list: 'list',
  map: 'object',
  structure: 'object',
};

const sizeOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
};

const matches = (pattern: string, value: string): boolean => {
  const whole = pattern.startsWith('^') ? pattern : `^(?:${pattern})$`;
  return new RegExp(whole, pattern.includes('\\p{') ? 'u' : '').test(value);
};

const constraintProblems = (shape: Shape, value: unknown, path: string): readonly string[] => {
  const size = sizeOf(value);
  if (value === masked || size === undefined) return [];
  return [
    ...(shape.min !== undefined && size < shape.min ? [`${path}: less than ${shape.min}`] : []),
    ...(shape.max !== undefined && size > shape.max ? [`${path}: more than ${shape.max}`] : []),
    ...(shape.pattern && typeof value === 'string' && !matches(shape.pattern, value)
      ? [`${path}: '${value}' does not match ${shape.pattern}`]
      : []),
    ...(shape.enum && typeof value === 'string' && !shape.enum.includes(value)
      ? [`${path}: '${value}' is none of ${shape.enum.join(', ')}`]
      : []),
  ];
};

type Walk = { readonly model: Model; readonly path: string };

const structureProblems = (shape: Shape, value: object, { model, path }: Walk): readonly string[] => {
  const given = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  const missing = (shape.required ?? []).filter((name) => !given.some(([key]) => key === name));
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...given.flatMap(([name, member]) => {
      const target = shape.members?.[name];
      return target
        ? shapeProblems(target.shape, member, { model, path: `${path}.${name}` })
        : [`${path}.${name}: the model has no such member`];
    }),
  ];
};

const shapeProblems = (name: string, value: unknown, walk: Walk): readonly string[] => {
  const { model, path } = walk;
  const shape = model.shapes[name];
  if (!shape) return [`${path}: the model lacks shape ${name}`];
  if (shape.document) return [];
  if (jsTypes[shape.type] !== typeOf(value)) return [`${path}: ${typeOf(value)} instead of ${shape.type}`];
  const own = constraintProblems(shape, value, path);
  if (shape.type === 'structure') return [...own, ...structureProblems(shape, value as object, walk)];
  if (shape.type === 'list')
    return [
      ...own,
      ...(value as readonly unknown[]).flatMap((item, index) =>
        shapeProblems(shape.member?.shape ?? '', item, { model, path: `${path}[${index}]` }),
      ),
    ];
  if (shape.type === 'map')
    return [
      ...own,
      ...Object.entries(value as object).flatMap(([key, item]) => [
        ...shapeProblems(shape.key?.shape ?? '', key, { model, path: `${path}{${key}}` }),
        ...shapeProblems(shape.value?.shape ?? '', item, { model, path: `${path}.${key}` }),
      ]),
    ];
  return own;
};

/** Everything about a decoded request or answer that the model forbids; an empty list where all is well. */
export const checkAgainstModel = (
  models: Models,
  call: { readonly service: ServiceName; readonly operation: string; readonly part: 'input' | 'output' },
  value: object,
): readonly string[] => {
  if (call.service === 'codebuild') return [];
  const model = models[call.service];
  const operation = model.operations[call.operation];
  const path = `${call.service} ${call.operation} ${call.part}`;
  if (!operation) return [`${path}: the model lacks the operation`];
  const shape = operation[call.part]?.shape;
  if (shape === undefined) return Object.keys(value).map((name) => `${path}.${name}: nothing is expected`);
  return shapeProblems(shape, value, { model, path });
};
