// Which service and operation a request is for, and whose key signed it.
import { AwsError } from '../cloud.ts';
import {
  modelOf,
  type OperationModel,
  type ServiceModel,
  type ServiceWire,
  serviceWires,
} from './services.ts';
import type { WireRequest } from './wire.ts';

export type Signature = {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly sessionToken: string | undefined;
};

const credential = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

const signatureOf = ({ headers }: WireRequest): Signature | undefined => {
  const [, accessKeyId, region, service] = credential.exec(headers.authorization ?? '') ?? [];
  return accessKeyId && region && service
    ? { accessKeyId, region, service, sessionToken: headers['x-amz-security-token'] }
    : undefined;
};

/** An unsigned request still names its service: JSON by target, Query by its API version. */
const findService = (request: WireRequest, signature: Signature | undefined): ServiceWire | undefined => {
  const target = request.headers['x-amz-target']?.split('.')[0];
  const version = target ? undefined : new URLSearchParams(request.body).get('Version');
  return serviceWires.find((service) =>
    signature
      ? service.signingName === signature.service
      : target
        ? service.target === target
        : service.version === version,
  );
};

/** Labels of `template` in `path`, or undefined where it does not match: `/a/{Id}` in `/a/fs-1`. */
const matchPath = (template: string, path: string): Readonly<Record<string, string>> | undefined => {
  const [wanted, given] = [template.split('/'), path.replace(/\/$/, '').split('/')];
  if (wanted.length !== given.length) return undefined;
  const pairs = wanted.map((part, index) => [part, given[index] ?? ''] as const);
  if (pairs.some(([part, value]) => (part.startsWith('{') ? value === '' : part !== value))) return undefined;
  return Object.fromEntries(
    pairs
      .filter(([part]) => part.startsWith('{'))
      .map(([part, value]) => [part.slice(1, -1), decodeURIComponent(value)]),
  );
};

type Found = { readonly operation: OperationModel; readonly labels: Readonly<Record<string, string>> };

const findRestOperation = (model: ServiceModel, request: WireRequest): Found | undefined => {
  const found = [...model.operations.values()].flatMap((operation) => {
    const [method, template] = operation.http ?? [];
    const labels = method === request.method && template ? matchPath(template, request.path) : undefined;
    return labels ? [{ operation, labels }] : [];
  });
  // A literal path beats one with labels.
  return found.sort((a, b) => Object.keys(a.labels).length - Object.keys(b.labels).length)[0];
};

const operationName = (service: ServiceWire, request: WireRequest): string =>
  service.protocol === 'rest'
    ? `${request.method} ${request.path}`
    : ((service.protocol === 'json'
        ? request.headers['x-amz-target']?.split('.')[1]
        : new URLSearchParams(request.body).get('Action')) ?? 'nothing');

export const unknownOperation = (service: ServiceWire, operation: string): AwsError =>
  new AwsError(
    'UnknownOperation',
    `${service.signingName} ${operation}: the sandbox does not know it. It knows what the actions and the runbook use.`,
  );

/** The service alone, for refusals that come before the operation is known. */
export const routeService = async (
  request: WireRequest,
): Promise<{ readonly model: ServiceModel; readonly signature: Signature | undefined } | undefined> => {
  const signature = signatureOf(request);
  const service = findService(request, signature);
  return service && { model: await modelOf(service), signature };
};

/** The operation of a routed request; throws AwsError UnknownOperation. */
export const routeOperation = (model: ServiceModel, request: WireRequest): Found => {
  const name = operationName(model.wire, request);
  const operation = model.operations.get(name);
  const found =
    model.wire.protocol === 'rest'
      ? findRestOperation(model, request)
      : operation && { operation, labels: {} };
  if (!found) throw unknownOperation(model.wire, name);
  return found;
};
