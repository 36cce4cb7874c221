// What Elastic Load Balancing refuses with, in its wire's codes; all problems of a request in one error.
import { AwsError } from '../cloud.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** Throws one ValidationError for whatever is wrong. */
export const refuseAll = (problems: readonly (string | undefined)[]): void => {
  const real = problems.filter((problem) => problem !== undefined);
  if (real.length > 0) throw invalid(real.join('; '));
};

export const notFound = {
  loadBalancer: (names: readonly string[]) =>
    new AwsError('LoadBalancerNotFound', `Load balancers '[${names.join(', ')}]' not found`),
  listener: () => new AwsError('ListenerNotFound', 'One or more listeners not found'),
  rule: () => new AwsError('RuleNotFound', 'One or more rules not found'),
  targetGroup: () => new AwsError('TargetGroupNotFound', 'One or more target groups not found'),
};

export const inUse = (targetGroupArn: string): AwsError =>
  new AwsError(
    'ResourceInUse',
    `Target group '${targetGroupArn}' is currently in use by a listener or a rule`,
  );

/** What AWS could do and the sandbox does not: said aloud rather than answered wrongly. */
export const beyondSandbox = (what: string): AwsError =>
  new AwsError('InvalidConfigurationRequest', `The sandbox's load balancer does not know ${what}`);
