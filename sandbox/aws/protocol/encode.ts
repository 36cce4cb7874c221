// Answers and errors in each protocol's own form. An answer that the model does not know is a bug of the sandbox and said so.
import { JsonCodec2, XmlCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../cloud.ts';
import type { OperationModel, ServiceModel } from './services.ts';
import type { WireAnswer } from './wire.ts';

const jsonCodec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

const writeJson = (schema: NormalizedSchema, value: object): string => {
  if (schema.isUnitSchema()) return '{}';
  const serializer = jsonCodec.createSerializer();
  serializer.write(schema, value);
  const written: unknown = serializer.flush();
  return typeof written === 'string' ? written : new TextDecoder().decode(written as Uint8Array);
};

const writeXml = (model: ServiceModel, schema: NormalizedSchema, value: object): string => {
  if (schema.isUnitSchema()) return '';
  const serializer = new XmlCodec({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: '',
    serviceNamespace: model.wire.xmlNamespace,
  }).createSerializer();
  serializer.write(schema, value);
  // The serializer wraps everything in an element named after the shape; Query and EC2 name it after the operation.
  return String(serializer.flush()).replace(/^<[^>]*?\/>$|^<[^>]*>|<\/[^>]*>$/g, '');
};

const escapeXml = (text: string): string =>
  text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char);

const xmlOf = (members: Readonly<Record<string, unknown>>): string =>
  Object.entries(members)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');

/** Names of the members of an answer that the model does not have. */
export const unmodelled = (schema: NormalizedSchema, value: unknown, path = ''): readonly string[] => {
  if (value === undefined || value === null || typeof value !== 'object' || value instanceof Date) return [];
  if (Array.isArray(value))
    return schema.isListSchema()
      ? value.flatMap((item, index) => unmodelled(schema.getValueSchema(), item, `${path}[${index}]`))
      : [path];
  if (schema.isMapSchema())
    return Object.entries(value).flatMap(([key, item]) =>
      unmodelled(schema.getValueSchema(), item, `${path}.${key}`),
    );
  if (!schema.isStructSchema())
    return schema.isBlobSchema() || schema.isDocumentSchema() ? [] : [path || 'output'];
  return Object.entries(value).flatMap(([name, item]) => {
    const member = schema.getMemberSchemas()[name];
    return member ? unmodelled(member, item, `${path}.${name}`) : [`${path}.${name}`];
  });
};

const xmlHeaders = { 'content-type': 'text/xml' };

export type Reply = { readonly model: ServiceModel; readonly requestId: string };

export const encodeAnswer = (operation: OperationModel, output: object, reply: Reply): WireAnswer => {
  const { model, requestId } = reply;
  const { protocol, xmlNamespace } = model.wire;
  const { name } = operation;
  const headers = { ...xmlHeaders, 'x-amzn-requestid': requestId };
  if (protocol === 'json')
    return {
      status: 200,
      headers: { ...headers, 'content-type': 'application/x-amz-json-1.1' },
      body: writeJson(operation.output, output),
    };
  if (protocol === 'rest') {
    const status = operation.http?.[2] ?? 200;
    const body = status === 204 ? '' : writeJson(operation.output, output);
    return { status, headers: { ...headers, 'content-type': 'application/json' }, body };
  }
  const members = writeXml(model, operation.output, output);
  const body =
    protocol === 'ec2'
      ? `<${name}Response xmlns="${xmlNamespace}"><requestId>${requestId}</requestId>${members}</${name}Response>`
      : `<${name}Response xmlns="${xmlNamespace}"><${name}Result>${members}</${name}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`;
  return { status: 200, headers, body };
};

/** Statuses of the codes that no model declares; everything else undeclared is 400. */
const commonStatuses: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AuthFailure: 403,
  ExpiredToken: 403,
  InternalFailure: 500,
  InvalidClientTokenId: 403,
  MissingAuthenticationToken: 403,
  RequestLimitExceeded: 503,
  SandboxBug: 501,
  SignatureDoesNotMatch: 403,
  UnauthorizedOperation: 403,
  UnknownOperation: 501,
};

const restStatuses: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ThrottlingException: 429,
};

const statusOf = (model: ServiceModel, code: string): number =>
  model.errors.get(code)?.status ??
  (model.wire.protocol === 'rest' ? restStatuses[code] : undefined) ??
  commonStatuses[code] ??
  400;

const messageMember = (model: ServiceModel, code: string): string => {
  const schema = model.errors.get(code)?.schema;
  return schema && 'Message' in schema.getMemberSchemas() ? 'Message' : 'message';
};

export const encodeError = (error: AwsError, reply: Reply): WireAnswer => {
  const { model, requestId } = reply;
  const status = statusOf(model, error.code);
  const code = model.errors.get(error.code)?.code ?? error.code;
  const headers = { ...xmlHeaders, 'x-amzn-requestid': requestId };
  if (model.wire.protocol === 'json' || model.wire.protocol === 'rest')
    return {
      status,
      headers: { ...headers, 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({
        __type: code,
        [messageMember(model, error.code)]: error.message,
        ...error.members,
      }),
    };
  const facts = { Code: code, Message: error.message, ...error.members };
  const body =
    model.wire.protocol === 'ec2'
      ? `<Response><Errors><Error>${xmlOf(facts)}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
      : `<ErrorResponse xmlns="${model.wire.xmlNamespace}"><Error>` +
        `${xmlOf({ Type: status >= 500 ? 'Receiver' : 'Sender', ...facts })}</Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, headers, body };
};
