// ECS's ARNs in their long form, and what callers may write instead of them.
import type { Cloud } from '../cloud.ts';

type Place = Pick<Cloud, 'accountId' | 'region'>;

const ecsArn = (place: Place, rest: string): string =>
  `arn:aws:ecs:${place.region}:${place.accountId}:${rest}`;

export const clusterArn = (place: Place, name: string): string => ecsArn(place, `cluster/${name}`);
export const serviceArn = (place: Place, cluster: string, name: string): string =>
  ecsArn(place, `service/${cluster}/${name}`);
export const taskArn = (place: Place, cluster: string, id: string): string =>
  ecsArn(place, `task/${cluster}/${id}`);
export const containerArn = (place: Place, cluster: string, ids: string): string =>
  ecsArn(place, `container/${cluster}/${ids}`);
export const definitionArn = (place: Place, family: string, revision: number): string =>
  ecsArn(place, `task-definition/${family}:${revision}`);
export const serviceDeploymentArn = (place: Place, service: string, id: string): string =>
  ecsArn(place, `service-deployment/${service}/${id}`);
export const revisionArn = (place: Place, service: string, id: string): string =>
  ecsArn(place, `service-revision/${service}/${id}`);

/** `cluster/service` of a service's ARN, as deployments and revisions carry it. */
export const pathOfService = (arn: string): string => arn.split(':service/')[1] ?? arn;

/** The last part of an ARN or the name itself: `arn:…:service/c/web` and `web` are both `web`. */
export const nameOf = (reference: string): string => reference.split('/').at(-1) ?? reference;

/** The deployment's and the revision's number is the same one: `ecs-svc/123…` and `service-revision/c/s/123…`. */
export const deploymentId = (digits: string): string => `ecs-svc/${digits}`;

/** Nineteen digits, as ECS numbers deployments. */
export const newDigits = (cloud: Cloud): string => BigInt(`0x1${cloud.newId(15)}`).toString();
