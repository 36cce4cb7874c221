// What tests break on purpose: a call refused, throttled, or its answer lost after it took effect.
import { AwsError, type ServiceName } from './cloud.ts';

export type FaultEffect =
  | { readonly kind: 'throttle' | 'access-denied' | 'server-error' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  /** The operation runs to its end; the connection breaks before the answer. */
  | { readonly kind: 'lose' };

/** Which calls: all where nothing is named. Matching calls are counted from 1, from the moment of arming. */
export type Fault = {
  readonly service?: ServiceName;
  readonly operation?: string;
  /** The first call that suffers (default 1) and how many in a row do (default 1). */
  readonly from?: number;
  readonly count?: number;
  readonly effect: FaultEffect;
};

export type Faults = {
  /** The answer disarms it. */
  readonly arm: (fault: Fault) => () => void;
  readonly clear: () => void;
  /** Counts a call and says what befalls it. */
  readonly strike: (call: {
    readonly service: ServiceName;
    readonly operation: string;
  }) => FaultEffect | undefined;
};

export const createFaults = (): Faults => {
  const armed = new Map<Fault, number>();
  const strike: Faults['strike'] = (call) => {
    let effect: FaultEffect | undefined;
    for (const [fault, seen] of armed) {
      if ((fault.service ?? call.service) !== call.service) continue;
      if ((fault.operation ?? call.operation) !== call.operation) continue;
      armed.set(fault, seen + 1);
      const from = fault.from ?? 1;
      if (seen + 1 >= from && seen + 1 < from + (fault.count ?? 1)) effect ??= fault.effect;
    }
    return effect;
  };
  return {
    arm: (fault) => {
      // A copy, so that one fault value can be armed twice.
      const own = { ...fault };
      armed.set(own, 0);
      return () => void armed.delete(own);
    },
    clear: () => armed.clear(),
    strike,
  };
};

const throttleCodes: Readonly<Partial<Record<ServiceName, string>>> = {
  ec2: 'RequestLimitExceeded',
  elb: 'Throttling',
  iam: 'Throttling',
  rds: 'Throttling',
  sts: 'Throttling',
};

const deniedCodes: Readonly<Partial<Record<ServiceName, string>>> = {
  ec2: 'UnauthorizedOperation',
  elb: 'AccessDenied',
  iam: 'AccessDenied',
  rds: 'AccessDenied',
  sts: 'AccessDenied',
};

/** How a service calls a refusal for want of permission. */
export const deniedCode = (service: ServiceName): string => deniedCodes[service] ?? 'AccessDeniedException';

const serverCodes: Readonly<Record<ServiceName, string>> = {
  codebuild: 'InternalFailure',
  codepipeline: 'InternalFailure',
  ec2: 'InternalFailure',
  ecr: 'ServerException',
  ecs: 'ServerException',
  efs: 'InternalServerError',
  elb: 'InternalFailure',
  iam: 'ServiceFailure',
  logs: 'ServiceUnavailableException',
  rds: 'InternalFailure',
  secrets: 'InternalServiceError',
  sts: 'InternalFailure',
};

type Struck = {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: string;
  readonly signingName: string;
};

/** The error of an effect as the service words it; undefined for a lost answer. */
export const errorOf = (effect: FaultEffect, struck: Struck): AwsError | undefined => {
  const { service, operation, caller, signingName } = struck;
  switch (effect.kind) {
    case 'lose':
      return undefined;
    case 'error':
      return new AwsError(effect.code, effect.message);
    case 'throttle':
      return new AwsError(throttleCodes[service] ?? 'ThrottlingException', 'Rate exceeded');
    case 'server-error':
      return new AwsError(
        serverCodes[service],
        'The request processing has failed because of an unknown error.',
      );
    case 'access-denied':
      return new AwsError(
        deniedCode(service),
        `User: ${caller} is not authorized to perform: ${signingName}:${operation} because no identity-based policy allows the ${signingName}:${operation} action`,
      );
  }
};
