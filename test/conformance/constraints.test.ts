// The hand-written constraint table against AWS's own models, shape by shape.
import { describe, expect, test } from '@jest/globals';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceName } from '../../sandbox/aws/cloud.ts';
import { constraintTables } from '../../sandbox/aws/protocol/constraints.ts';
import { modelOf, wireOf } from '../../sandbox/aws/protocol/services.ts';
import { loadModels, type Model, type ModelledService, type Shape } from './model.ts';
import { knownOperations } from './operations.ts';

type Constraint = Pick<Shape, 'min' | 'max' | 'pattern' | 'enum'>;

const constraintOf = ({ min, max, pattern, enum: values }: Shape): Constraint => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
  ...(pattern === undefined ? {} : { pattern }),
  ...(values === undefined ? {} : { enum: values }),
});

type Visit = { readonly model: Model; readonly found: Map<string, Constraint>; readonly seen: Set<string> };

/** Walks AWS's shape and the SDK's schema side by side: places are named after the SDK's structures. */
const collect = (name: string, schema: NormalizedSchema, place: string, visit: Visit): void => {
  const shape = visit.model.shapes[name];
  if (!shape) return;
  const constraint = constraintOf(shape);
  if (place !== '' && Object.keys(constraint).length > 0) visit.found.set(place, constraint);
  if (shape.type === 'list') collect(shape.member?.shape ?? '', schema.getValueSchema(), `${place}[]`, visit);
  if (shape.type === 'map') collect(shape.value?.shape ?? '', schema.getValueSchema(), `${place}{}`, visit);
  if (shape.type !== 'structure' || visit.seen.has(name)) return;
  visit.seen.add(name);
  for (const [member, target] of Object.entries(shape.members ?? {}))
    collect(target.shape, schema.getMemberSchema(member), `${schema.getName()}.${member}`, visit);
};

const modelConstraints = async (
  service: ServiceName,
  model: Model,
): Promise<ReadonlyMap<string, Constraint>> => {
  const { operations } = await modelOf(wireOf(service));
  const visit: Visit = { model, found: new Map(), seen: new Set() };
  for (const operation of knownOperations[service]) {
    const shape = model.operations[operation]?.input?.shape;
    const schema = operations.get(operation)?.input;
    if (shape && schema) collect(shape, schema, '', visit);
  }
  return visit.found;
};

const models = loadModels();
const services = Object.keys(knownOperations) as readonly ServiceName[];
const modelled = services.filter((service): service is ModelledService => service !== 'codebuild');

describe('the constraint table says what AWS’s models say', () => {
  // Skipped without models: loadModels has said so and how to include them.
  (models ? test : test.skip).each(modelled)('%s', async (service) => {
    const model = models?.[service];
    if (!model) throw new Error(`no model of ${service}`);
    expect(Object.fromEntries(constraintTables[service])).toEqual(
      Object.fromEntries(await modelConstraints(service, model)),
    );
  });

  test.each(services)('%s has a schema for every operation the project uses', async (service) => {
    const { operations } = await modelOf(wireOf(service));
    expect(knownOperations[service].filter((operation) => !operations.has(operation))).toEqual([]);
  });
});
