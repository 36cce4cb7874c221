// What IAM keeps: roles, their inline policies and the managed policies attached to them, each as reads see it and as it
// is in force, which comes later.
import { AwsError, type Cloud, createStore, type Store } from '../cloud.ts';
import { parsePolicy, parseTrustPolicy, type Statement } from './policy.ts';

export type Tag = { readonly Key: string; readonly Value: string };

export type Role = {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly trustPolicy: string;
  readonly description: string | undefined;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly permissionsBoundary: string | undefined;
  readonly tags: readonly Tag[];
};

export type RoleSeed = {
  readonly name: string;
  readonly trustPolicy: object;
  readonly maxSessionDuration?: number;
  readonly permissionsBoundary?: string;
  readonly tags?: readonly Tag[];
};

export type InlinePolicy = { readonly role: string; readonly name: string; readonly document: string };
export type Attachment = { readonly role: string; readonly arn: string };

/** A store whose writes are in force only after the lag of policies. */
export type Lagging<V> = Store<V> & { readonly inForce: Pick<Store<V>, 'read' | 'readValues'> };

export const missingRole = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`);

/** Role names that differ only in case are one name. */
const keyOfRole = (name: string): string => name.toLowerCase();

export const executionPolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

/** What AWS's own policy for starting tasks allows. */
const executionPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        'ecr:GetAuthorizationToken',
        'ecr:BatchCheckLayerAvailability',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchGetImage',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ],
      Resource: '*',
    },
  ],
};

const createLagging = <V>(cloud: Cloud, clock: { readonly now: () => number }): Lagging<V> => {
  const shown = createStore<V>(clock, cloud.settings.readLagMs);
  const inForce = createStore<V>(clock, cloud.settings.policyLagMs);
  return {
    ...shown,
    inForce,
    set: (key, value) => {
      shown.set(key, value);
      inForce.set(key, value);
    },
    delete: (key) => {
      shown.delete(key);
      inForce.delete(key);
    },
  };
};

const createReader = <T>(read: (document: string) => T): ((document: string) => T) => {
  const known = new Map<string, T>();
  return (document) => {
    const parsed = known.get(document) ?? read(document);
    known.set(document, parsed);
    return parsed;
  };
};

const dayMs = 24 * 60 * 60 * 1000;

export const createState = (cloud: Cloud) => {
  let back = 0;
  const clock = { now: () => cloud.clock.now() - back };
  const roles = createLagging<Role>(cloud, clock);
  const policies = createLagging<InlinePolicy>(cloud, clock);
  const attachments = createLagging<Attachment>(cloud, clock);
  const managed = new Map([[executionPolicyArn, JSON.stringify(executionPolicy)]]);
  const oidcProviders = new Map<string, readonly string[]>();
  const statementsOf: (document: string) => readonly Statement[] = createReader(parsePolicy);
  const trustOf: (document: string) => readonly Statement[] = createReader(parseTrustPolicy);
  const needRole = (name: string): Role => {
    const role = roles.get(keyOfRole(name));
    if (!role) throw missingRole(name);
    return role;
  };
  return {
    cloud,
    roles,
    policies,
    attachments,
    /** Documents of managed policies by ARN. */
    managed,
    /** Audiences by issuer. */
    oidcProviders,
    statementsOf,
    trustOf,
    needRole,
    keyOfRole,
    /** What `act` writes has long been there and in force. */
    longAgo: <T>(act: () => T): T => {
      back = dayMs;
      try {
        return act();
      } finally {
        back = 0;
      }
    },
  };
};

export type State = ReturnType<typeof createState>;

export const roleOf = (state: State, arn: string): Role | undefined => {
  const role = state.roles.get(state.keyOfRole(arn.split('/').at(-1) ?? arn));
  return role?.arn === arn ? role : undefined;
};

export const roleInForce = (state: State, arn: string): Role | undefined => {
  const role = state.roles.inForce.read(state.keyOfRole(arn.split('/').at(-1) ?? arn));
  return role?.arn === arn ? role : undefined;
};

export type Listing = { readonly Marker?: string; readonly MaxItems?: number };
