// From a wire request to a wire answer: route, authenticate, decode, check, run, record, encode.

import { createHash } from 'node:crypto';
import type { Authorize } from '../authorization/authorize.ts';
import type { ServiceName } from '../cloud.ts';
import { AwsError, type Cloud, type Operations, type RecordedCall } from '../cloud.ts';
import { errorOf, type FaultEffect, type Faults } from '../faults.ts';
import type { Principal } from '../services/sts.ts';
import { constraintTables, refusalOf } from './constraints.ts';
import { decodeRequest } from './decode.ts';
import { encodeAnswer, encodeError, type Reply, unmodelled } from './encode.ts';
import { routeOperation, routeService, type Signature, unknownOperation } from './route.ts';
import type { OperationModel, ServiceModel } from './services.ts';
import { readInput, withoutSensitive } from './shape.ts';
import type { Exchange, WireRequest } from './wire.ts';

/** A recorded call with its answer; what the model calls sensitive is left out of both. */
export type SandboxCall = RecordedCall & { readonly output?: object };

export type DispatchParts = {
  readonly cloud: Cloud;
  readonly operations: (service: ServiceName) => Operations;
  /** The caller; throws AwsError for a key that does not work. */
  readonly identify: (signature: Signature) => Principal;
  readonly authorize: Authorize;
  readonly faults: Faults;
  readonly record: (call: SandboxCall) => void;
};

type Outcome =
  | { readonly kind: 'ok'; readonly output: object }
  | { readonly kind: 'refused'; readonly error: AwsError };

type Call = {
  readonly model: ServiceModel;
  readonly operation: OperationModel;
  readonly principal: Principal;
  readonly input: object;
  readonly refusal: AwsError | undefined;
};

const asAwsError = (error: unknown): AwsError =>
  error instanceof AwsError
    ? error
    : new AwsError('SandboxBug', error instanceof Error ? (error.stack ?? error.message) : String(error));

const checkAnswer = (operation: OperationModel, output: object): void => {
  const unknown = operation.output.isUnitSchema() ? [] : unmodelled(operation.output, output);
  if (unknown.length > 0)
    throw new Error(`${operation.name} answered what no model has: ${unknown.join(', ')}`);
};

const runOperation = async (call: Call, parts: DispatchParts): Promise<Outcome> => {
  const { name: service } = call.model.wire;
  const run = parts.operations(service)[call.operation.name];
  try {
    if (call.refusal) throw call.refusal;
    if (!run) throw unknownOperation(call.model.wire, call.operation.name);
    parts.authorize(call.principal, { service, operation: call.operation.name, input: call.input });
    const output = await run(call.input as never, { caller: call.principal.arn });
    checkAnswer(call.operation, output);
    return { kind: 'ok', output };
  } catch (error) {
    return { kind: 'refused', error: asAwsError(error) };
  }
};

const authenticate = (
  call: Pick<Call, 'model' | 'operation'> & { signature: Signature | undefined },
  parts: DispatchParts,
): Principal => {
  const { model, operation, signature } = call;
  const json = model.wire.protocol === 'json' || model.wire.protocol === 'rest';
  if (!signature) {
    if (operation.name === 'AssumeRoleWithWebIdentity') return { arn: 'anonymous', session: undefined };
    throw new AwsError(
      json ? 'MissingAuthenticationTokenException' : 'MissingAuthenticationToken',
      'Missing Authentication Token',
    );
  }
  const { region } = parts.cloud;
  // IAM is global: clients sign for us-east-1, or for their own region where the endpoint is given.
  if (signature.region !== region && model.wire.name !== 'iam')
    throw new AwsError(
      json ? 'InvalidSignatureException' : 'SignatureDoesNotMatch',
      `Credential should be scoped to a valid region, not '${signature.region}'. This sandbox is ${region}.`,
    );
  return parts.identify(signature);
};

const isWrite = (operation: string): boolean =>
  !/^(Describe|List|Get|BatchGet|Filter|AssumeRole)/.test(operation);

const recordCall = (
  call: Call,
  { outcome, lost }: { readonly outcome: Outcome; readonly lost: boolean },
  parts: DispatchParts,
): void => {
  const { model, operation, input } = call;
  const clean = (schema: OperationModel['input'], value: object): object =>
    schema.isUnitSchema() ? {} : (withoutSensitive(schema, value) as object);
  parts.record({
    service: model.wire.name,
    operation: operation.name,
    input: clean(operation.input, input),
    write: isWrite(operation.name),
    outcome: lost ? 'lost' : outcome.kind,
    ...(outcome.kind === 'ok'
      ? { output: clean(operation.output, outcome.output) }
      : { errorCode: outcome.error.code }),
  });
};

const prepare = (
  request: WireRequest,
  { model, signature }: { readonly model: ServiceModel; readonly signature: Signature | undefined },
  parts: DispatchParts,
): Call => {
  const found = routeOperation(model, request);
  const principal = authenticate({ model, operation: found.operation, signature }, parts);
  const raw = decodeRequest(found, request, model.wire.protocol);
  const table = constraintTables[model.wire.name];
  const { input, violations } = readInput(found.operation.input, raw, (place) => table.get(place));
  const refusal = refusalOf(model.wire.name, violations);
  return { model, operation: found.operation, principal, input, refusal };
};

const answerCall = async (call: Call, reply: Reply, parts: DispatchParts): Promise<Exchange> => {
  const { model, operation, principal } = call;
  const caller = principal.arn;
  const { name: service, signingName } = model.wire;
  const effect: FaultEffect | undefined = parts.faults.strike({ service, operation: operation.name });
  const struck = effect && errorOf(effect, { service, signingName, operation: operation.name, caller });
  const outcome: Outcome = struck ? { kind: 'refused', error: struck } : await runOperation(call, parts);
  const lost = effect?.kind === 'lose';
  recordCall(call, { outcome, lost }, parts);
  if (lost) return { kind: 'reset' };
  const answer =
    outcome.kind === 'ok'
      ? encodeAnswer(operation, outcome.output, reply)
      : encodeError(outcome.error, reply);
  return { kind: 'answered', answer };
};

const requestIdOf = (count: number): string => {
  const hex = createHash('sha256').update(`request ${count}`).digest('hex').slice(0, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** The whole sandbox behind one function; never rejects. */
export const createDispatcher = (parts: DispatchParts) => {
  // Counted apart from the cloud's ids, so that reading more often does not change what things are called.
  let requests = 0;
  return async (request: WireRequest): Promise<Exchange> => {
    const routed = await routeService(request);
    if (!routed) {
      const body = 'UnknownService: the sandbox knows no service for this request.';
      return { kind: 'answered', answer: { status: 501, headers: { 'content-type': 'text/plain' }, body } };
    }
    const reply = { model: routed.model, requestId: requestIdOf(requests++) };
    try {
      return await answerCall(prepare(request, routed, parts), reply, parts);
    } catch (error) {
      return { kind: 'answered', answer: encodeError(asAwsError(error), reply) };
    }
  };
};
