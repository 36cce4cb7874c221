// The templates of infra/ deployed into a sandbox, so that tests and rehearsals run as exactly the roles they document.
import { evaluateTemplate, type Resource } from './infra-template.ts';
import type { Sandbox } from './sandbox.ts';
import { issuer } from './services/tokens.ts';

type Parameters = Readonly<Record<string, string>>;

type RoleProperties = {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: object;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: object }[];
  readonly PermissionsBoundary?: string;
  readonly MaxSessionDuration?: number;
};

type ManagedPolicyProperties = { readonly ManagedPolicyName: string; readonly PolicyDocument: object };

/** Makes the template's roles and policies, as if they had long been there; answers its outputs. */
export const deployInfra = (
  { cloud, neighbours: { iam } }: Pick<Sandbox, 'cloud' | 'neighbours'>,
  { template, parameters }: { readonly template: string; readonly parameters: Parameters },
): Readonly<Record<string, string>> => {
  const { accountId, region } = cloud;
  const { resources, outputs } = evaluateTemplate(template, {
    accountId,
    region,
    parameters,
    refer: referIn(accountId),
  });
  // Boundaries before the roles that they bound.
  const inOrder = Object.values(resources).toSorted((a, b) => rank(a) - rank(b));
  for (const resource of inOrder) make(iam, resource);
  return outputs;
};

type Iam = Sandbox['neighbours']['iam'];

const makers: Readonly<Record<string, (iam: Iam, properties: never) => void>> = {
  // The account of a sandbox has GitHub's provider from the start.
  'AWS::IAM::OIDCProvider': () => {},
  'AWS::IAM::ManagedPolicy': (iam, { ManagedPolicyName: name, PolicyDocument }: ManagedPolicyProperties) => {
    iam.seedManagedPolicy({ name, document: JSON.stringify(PolicyDocument) });
  },
  'AWS::IAM::Role': (iam, role: RoleProperties) => {
    iam.seedRole({
      name: role.RoleName,
      trustPolicy: role.AssumeRolePolicyDocument,
      ...(role.MaxSessionDuration !== undefined && { maxSessionDuration: role.MaxSessionDuration }),
      ...(role.PermissionsBoundary !== undefined && { permissionsBoundary: role.PermissionsBoundary }),
    });
    for (const { PolicyName: name, PolicyDocument } of role.Policies ?? [])
      iam.seedPolicy({ role: role.RoleName, name, document: JSON.stringify(PolicyDocument) });
  },
};

const rank = ({ type }: Resource): number => Object.keys(makers).indexOf(type);

const make = (iam: Iam, { type, properties }: Resource): void => {
  const maker = makers[type];
  if (!maker) throw new Error(`The sandbox does not make ${type}.`);
  maker(iam, properties as never);
};

const referIn =
  (accountId: string) =>
  ({ type, properties }: Resource, attribute: string | undefined): string => {
    const arn = (path: string): string => `arn:aws:iam::${accountId}:${path}`;
    const what = attribute === undefined ? type : `${type}.${attribute}`;
    switch (what) {
      case 'AWS::IAM::OIDCProvider':
      case 'AWS::IAM::OIDCProvider.Arn':
        return arn(`oidc-provider/${issuer}`);
      case 'AWS::IAM::ManagedPolicy':
        return arn(`policy/${String(properties.ManagedPolicyName)}`);
      case 'AWS::IAM::Role':
        return String(properties.RoleName);
      case 'AWS::IAM::Role.Arn':
        return arn(`role/${String(properties.RoleName)}`);
      default:
        throw new Error(`The sandbox does not know what ${what} refers to.`);
    }
  };
