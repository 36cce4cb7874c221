// Lengths, ranges, patterns and enums that the SDK's schemas leave out, for the operations that the sandbox knows,
// and how each service words a refusal.
import { AwsError, type ServiceName } from '../cloud.ts';
import { codebuildConstraints } from './constraints/codebuild.ts';
import { codepipelineConstraints } from './constraints/codepipeline.ts';
import { ec2Constraints } from './constraints/ec2.ts';
import { ecrConstraints } from './constraints/ecr.ts';
import { ecsConstraints } from './constraints/ecs.ts';
import { efsConstraints } from './constraints/efs.ts';
import { elbConstraints } from './constraints/elb.ts';
import { iamConstraints } from './constraints/iam.ts';
import { logsConstraints } from './constraints/logs.ts';
import { secretsConstraints } from './constraints/secrets.ts';
import { stsConstraints } from './constraints/sts.ts';
import type { Violation } from './shape.ts';
import { type ConstraintTable, rules } from './table.ts';

export const constraintTables: Readonly<Record<ServiceName, ConstraintTable>> = {
  codebuild: codebuildConstraints,
  codepipeline: codepipelineConstraints,
  ec2: ec2Constraints,
  ecr: ecrConstraints,
  ecs: ecsConstraints,
  efs: efsConstraints,
  elb: elbConstraints,
  iam: iamConstraints,
  logs: logsConstraints,
  rds: rules(),
  secrets: secretsConstraints,
  sts: stsConstraints,
};

/** The code each service refuses a malformed request with. */
const codes: Readonly<Record<ServiceName, string>> = {
  codebuild: 'InvalidInputException',
  codepipeline: 'ValidationException',
  ec2: 'InvalidParameterValue',
  ecr: 'InvalidParameterException',
  ecs: 'InvalidParameterException',
  efs: 'ValidationException',
  elb: 'ValidationError',
  iam: 'ValidationError',
  logs: 'InvalidParameterException',
  rds: 'InvalidParameterValue',
  secrets: 'ValidationException',
  sts: 'ValidationError',
};

const jsonServices: ReadonlySet<ServiceName> = new Set([
  'codebuild',
  'codepipeline',
  'ecr',
  'ecs',
  'logs',
  'secrets',
]);

const codeOf = (service: ServiceName, { kind }: Violation): string => {
  if (kind === 'type' && jsonServices.has(service)) return 'SerializationException';
  if (kind === 'missing' && service === 'secrets') return 'InvalidParameterException';
  if (kind === 'missing' && service === 'ec2') return 'MissingParameter';
  if (service === 'efs' && kind !== 'constraint') return 'BadRequest';
  if (kind === 'unknown' && service === 'ec2') return 'UnknownParameter';
  return codes[service];
};

/** All that is wrong with a request as the one error that the service answers, or undefined where nothing is. */
export const refusalOf = (service: ServiceName, violations: readonly Violation[]): AwsError | undefined => {
  const [first] = violations;
  if (!first) return undefined;
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`;
  const message = `${count}: ${violations.map(({ text }) => text).join('; ')}`;
  const members = service === 'efs' ? { ErrorCode: codeOf(service, first) } : {};
  return new AwsError(codeOf(service, first), message, members);
};
