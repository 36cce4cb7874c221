// Stand-in for aws-actions/amazon-ecr-login: asks ECR for a login with the credentials that an earlier step left, and notes
// it where docker's programs look. Nobody logs out at the job's end.
import { ECR } from '@aws-sdk/client-ecr';
import { logIn } from './registry.ts';
import type { StandIn, StandInCall } from './stand-in.ts';

export const amazonEcrLogin: StandIn = {
  inputs: ['registries', 'mask-password'],
  run: async ({ inputs, env, log, mask }) => {
    const ids = (inputs.registries ?? '').split(',').flatMap((id) => id.trim() || []);
    const ecr = clientOf(env);
    const { authorizationData = [] } = await ecr.getAuthorizationToken(
      ids.length ? { registryIds: ids } : {},
    );
    ecr.destroy();
    const hosts: string[] = [];
    for (const { authorizationToken = '', proxyEndpoint = '' } of authorizationData) {
      const [username = '', password = ''] = Buffer.from(authorizationToken, 'base64').toString().split(':');
      const host = proxyEndpoint.replace(/^https:\/\//, '');
      mask(password);
      mask(authorizationToken);
      await logIn(env, host, { username, password });
      log(`Logging into registry ${host}`);
      hosts.push(host);
    }
    return hosts.length === 1 ? { registry: hosts[0] ?? '' } : {};
  },
};

const clientOf = (env: StandInCall['env']): ECR => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_REGION)
    throw new Error('Could not load credentials from any providers');
  return new ECR({
    region: AWS_REGION,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
    ...(AWS_ENDPOINT_URL && { endpoint: AWS_ENDPOINT_URL }),
  });
};
