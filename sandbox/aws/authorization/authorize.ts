// Whether a session may do what it asks: every need of the operation against its role's policies, its boundary and the
// session's own policies. Keys that STS did not give out are users that may do everything.
import { AwsError, type Cloud, type ServiceName } from '../cloud.ts';
import { deniedCode } from '../faults.ts';
import type { Iam, RolePermissions } from '../services/iam.ts';
import { decide, type Request, type Statement } from '../services/policy.ts';
import { type KeyRecord, keysOf } from '../services/policy-patterns.ts';
import type { Principal } from '../services/sts.ts';
import { type AuthorizingServices, createAccountView, resourceTags } from './account-view.ts';
import { codebuildPermissions, codepipelinePermissions, ecrPermissions } from './delivery.ts';
import { ecsPermissions } from './ecs.ts';
import { efsPermissions } from './efs.ts';
import { elbPermissions } from './elb.ts';
import { iamPermissions } from './iam.ts';
import type { AuthorizationTable, Need } from './needs.ts';
import { ec2Permissions, logsPermissions, rdsPermissions, stsPermissions } from './others.ts';
import { secretsPermissions } from './secrets.ts';

export const authorizationTables: Readonly<Record<ServiceName, AuthorizationTable>> = {
  codebuild: codebuildPermissions,
  codepipeline: codepipelinePermissions,
  ec2: ec2Permissions,
  ecr: ecrPermissions,
  ecs: ecsPermissions,
  efs: efsPermissions,
  elb: elbPermissions,
  iam: iamPermissions,
  logs: logsPermissions,
  rds: rdsPermissions,
  secrets: secretsPermissions,
  sts: stsPermissions,
};

export type AuthorizedCall = {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
};

/** Throws AwsError: AccessDenied as the service words it, SandboxBug for an operation without a row. */
export type Authorize = (principal: Principal, call: AuthorizedCall) => void;

type Grants = RolePermissions & { readonly session: readonly Statement[] | undefined };

/** Why a request is refused, in AWS's words; undefined where it is allowed. */
const reasonAgainst = ({ identity, boundary, session }: Grants, request: Request): string | undefined => {
  const verdicts = [
    { what: 'identity-based policy', an: 'an', statements: identity },
    { what: 'permissions boundary', an: 'a', statements: boundary },
    { what: 'session policy', an: 'a', statements: session },
  ].flatMap(({ what, an, statements }) =>
    statements ? [{ what, an, verdict: decide(statements, request) }] : [],
  );
  const denied = verdicts.find(({ verdict }) => verdict === 'denied');
  if (denied) return `with an explicit deny in ${denied.an} ${denied.what}`;
  const missing = verdicts.find(({ verdict }) => verdict === 'not-allowed');
  return missing && `because no ${missing.what} allows the ${request.action} action`;
};

/** A secret that is not there is named as the caller named it. */
const shownResource = ({ resource }: Need): string =>
  resource.endsWith('-??????') ? (resource.split(':secret:')[1] ?? '').slice(0, -7) : resource;

const refuse = (service: ServiceName, text: string): never => {
  const code = deniedCode(service);
  const lead = service === 'ec2' ? 'You are not authorized to perform this operation. ' : '';
  throw new AwsError(code, `${lead}${text}`, service === 'efs' ? { ErrorCode: code } : {});
};

const principalKeys = ({ arn, session }: Principal, cloud: Cloud, iam: Iam): KeyRecord => {
  const tags = iam.role(session?.roleArn.split('/').at(-1) ?? '')?.tags ?? [];
  return {
    'aws:PrincipalArn': session?.roleArn ?? arn,
    'aws:PrincipalAccount': cloud.accountId,
    'aws:PrincipalType': 'AssumedRole',
    'aws:RequestedRegion': cloud.region,
    'aws:SecureTransport': 'true',
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
  };
};

export const createAuthorize = (
  cloud: Cloud,
  services: AuthorizingServices & { readonly iam: Iam },
): Authorize => {
  const view = createAccountView(cloud, services);
  return (principal, { service, operation, input }) => {
    const { arn, session } = principal;
    if (!session) return;
    const row = authorizationTables[service][operation];
    if (!row)
      throw new Error(
        `${service} ${operation} has no row in sandbox/aws/authorization: nobody knows what it needs`,
      );
    const grants = { ...services.iam.permissionsOf(session.roleArn), session: session.policies };
    const own = principalKeys(principal, cloud, services.iam);
    for (const need of row(input as never, view)) {
      const keys = keysOf({ ...own, ...resourceTags(services, need.resource), ...need.keys });
      const reason = reasonAgainst(grants, { action: need.action, resource: need.resource, keys });
      if (reason === undefined) continue;
      const what = `User: ${arn} is not authorized to perform: ${need.action}`;
      refuse(service, `${what} on resource: ${shownResource(need)} ${reason}`);
    }
  };
};
