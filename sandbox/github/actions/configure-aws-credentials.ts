// Stand-in for aws-actions/configure-aws-credentials, as far as it assumes a role through the job's OIDC token: it asks GitHub
// for one, exchanges it at STS, and leaves the session to the job's later steps. Nothing takes it away at the job's end.
import { STS } from '@aws-sdk/client-sts';
import type { StandIn, StandInCall } from './stand-in.ts';

const required = (inputs: StandInCall['inputs'], name: string): string => {
  const text = inputs[name];
  if (!text) throw new Error(`Input required and not supplied: ${name}`);
  return text;
};

export const configureAwsCredentials: StandIn = {
  inputs: ['role-to-assume', 'role-session-name', 'aws-region', 'allowed-account-ids', 'audience'],
  run: async (call) => {
    const { inputs, env, log, setVariable, mask } = call;
    const region = required(inputs, 'aws-region');
    const role = required(inputs, 'role-to-assume');
    const token = await idTokenOf(env, inputs.audience || 'sts.amazonaws.com');
    mask(token);
    const session = await assume(call, { region, role, token });
    for (const text of [session.AccessKeyId, session.SecretAccessKey, session.SessionToken]) mask(text);
    for (const [name, value] of [
      ['AWS_REGION', region],
      ['AWS_DEFAULT_REGION', region],
      ['AWS_ACCESS_KEY_ID', session.AccessKeyId],
      ['AWS_SECRET_ACCESS_KEY', session.SecretAccessKey],
      ['AWS_SESSION_TOKEN', session.SessionToken],
    ] as const)
      setVariable(name, value);
    const account = role.split(':')[4] ?? '';
    const allowed = (inputs['allowed-account-ids'] ?? '').split(',').map((id) => id.trim());
    if (allowed[0] && !allowed.includes(account))
      throw new Error(
        `The account ID of the provided credentials (${account}) does not match any of the expected account IDs: ${allowed.join(', ')}`,
      );
    log(`Authenticated as ${session.arn}`);
    return { 'aws-account-id': account };
  },
};

const idTokenOf = async (env: StandInCall['env'], audience: string): Promise<string> => {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
  if (!url)
    throw new Error(
      'It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission?',
    );
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  if (!answer.ok) throw new Error(`GitHub gave no OIDC token: ${answer.status}`);
  return ((await answer.json()) as { readonly value: string }).value;
};

type Asked = { readonly region: string; readonly role: string; readonly token: string };

const assume = async ({ inputs, env }: StandInCall, { region, role, token }: Asked) => {
  const sts = new STS({ region, ...(env.AWS_ENDPOINT_URL && { endpoint: env.AWS_ENDPOINT_URL }) });
  try {
    const { Credentials, AssumedRoleUser } = await sts.assumeRoleWithWebIdentity({
      RoleArn: role,
      RoleSessionName: inputs['role-session-name'] || 'GitHubActions',
      WebIdentityToken: token,
      DurationSeconds: 3_600,
    });
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    return { AccessKeyId, SecretAccessKey, SessionToken, arn: AssumedRoleUser?.Arn };
  } catch (error) {
    throw new Error(
      `Could not assume role with OIDC: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    sts.destroy();
  }
};
