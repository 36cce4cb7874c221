// The raw tree of a request, as JSON would carry it, whatever the protocol: names are the model's, values not yet checked.
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../cloud.ts';
import type { OperationModel, Protocol } from './services.ts';
import { fromText } from './shape.ts';
import type { WireRequest } from './wire.ts';

type Form = { readonly [segment: string]: Form | string };
type MutableForm = { [segment: string]: MutableForm | string };

// Without a prototype, so that no parameter name can reach one.
const newForm = (): MutableForm => Object.create(null);

/** `A.member.1.B=x` as {A: {member: {1: {B: 'x'}}}}. */
const readForm = (body: string): Form => {
  const root: MutableForm = newForm();
  for (const [key, value] of new URLSearchParams(body)) {
    const segments = key.split('.');
    const last = segments.pop() ?? '';
    let node = root;
    for (const segment of segments) {
      const next = node[segment];
      const child: MutableForm = typeof next === 'object' ? next : newForm();
      node[segment] = child;
      node = child;
    }
    node[last] = value;
  }
  return root;
};

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const formName = (name: string, schema: NormalizedSchema, protocol: Protocol): string => {
  const { xmlName, ec2QueryName } = schema.getMergedTraits();
  if (protocol !== 'ec2') return xmlName ?? name;
  return typeof ec2QueryName === 'string' ? ec2QueryName : upperFirst(xmlName ?? name);
};

const numbered = (node: Form): readonly (Form | string)[] =>
  Object.entries(node)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);

const listFromForm = (schema: NormalizedSchema, node: Form | string, protocol: Protocol): unknown => {
  if (typeof node === 'string') return node === '' ? [] : node;
  const item = schema.getValueSchema();
  const flat = protocol === 'ec2' || Boolean(schema.getMergedTraits().xmlFlattened);
  const members = flat ? node : node[item.getMergedTraits().xmlName ?? 'member'];
  if (typeof members !== 'object') return node;
  return numbered(members).map((child) => fromForm(item, child, protocol));
};

const mapFromForm = (schema: NormalizedSchema, node: Form | string, protocol: Protocol): unknown => {
  if (typeof node === 'string') return node === '' ? {} : node;
  const entries = schema.getMergedTraits().xmlFlattened ? node : node.entry;
  if (typeof entries !== 'object') return node;
  const [keyName, valueName] = [schema.getKeySchema(), schema.getValueSchema()].map(
    (part, index) => part.getMergedTraits().xmlName ?? (index === 0 ? 'key' : 'value'),
  );
  const pairs = numbered(entries).map((entry): [string, unknown] => {
    const { [keyName ?? '']: key = '', [valueName ?? '']: value = '' } =
      typeof entry === 'object' ? entry : {};
    return [String(key), fromForm(schema.getValueSchema(), value, protocol)];
  });
  return Object.fromEntries(pairs);
};

const structFromForm = (schema: NormalizedSchema, node: Form | string, protocol: Protocol): unknown => {
  if (typeof node === 'string') return node === '' ? {} : node;
  const members = new Map(
    [...schema.structIterator()].map(([name, member]) => [
      formName(name, member, protocol),
      { name, member },
    ]),
  );
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => {
      const found = members.get(key);
      return found ? [found.name, fromForm(found.member, child, protocol)] : [key, child];
    }),
  );
};

const fromForm = (schema: NormalizedSchema, node: Form | string, protocol: Protocol): unknown => {
  if (schema.isStructSchema()) return structFromForm(schema, node, protocol);
  if (schema.isListSchema()) return listFromForm(schema, node, protocol);
  if (schema.isMapSchema()) return mapFromForm(schema, node, protocol);
  return typeof node === 'string' ? fromText(schema, node) : node;
};

const decodeForm = (operation: OperationModel, request: WireRequest, protocol: Protocol): unknown => {
  const { Action: _action, Version: _version, ...members } = readForm(request.body);
  return operation.input.isUnitSchema() ? {} : structFromForm(operation.input, members, protocol);
};

const decodeJson = (body: string): unknown => {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
};

const decodeRest = (
  operation: OperationModel,
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
): unknown => {
  const bound: Record<string, unknown> = {};
  for (const [name, member] of operation.input.isUnitSchema() ? [] : operation.input.structIterator()) {
    const { httpLabel, httpQuery } = member.getMergedTraits();
    const text = httpLabel ? labels[name] : httpQuery ? request.query.get(httpQuery) : undefined;
    if (text === null || text === undefined) continue;
    bound[name] =
      httpQuery && member.isListSchema() ? request.query.getAll(httpQuery) : fromText(member, text);
  }
  const body = decodeJson(request.body);
  return typeof body === 'object' ? { ...body, ...bound } : body;
};

/** Throws AwsError SerializationException where the body cannot be read at all. */
export const decodeRequest = (
  {
    operation,
    labels,
  }: { readonly operation: OperationModel; readonly labels: Readonly<Record<string, string>> },
  request: WireRequest,
  protocol: Protocol,
): unknown => {
  if (protocol === 'json') return decodeJson(request.body);
  if (protocol === 'rest') return decodeRest(operation, request, labels);
  return decodeForm(operation, request, protocol);
};
