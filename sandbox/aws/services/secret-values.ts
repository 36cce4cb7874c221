// What a starting task gets for a container's `secrets[].valueFrom`, or why it does not start.
import type { SecretsPort } from '../ports.ts';
import type { Secret, SecretStore, Version } from './secret-store.ts';

type Resolution = ReturnType<SecretsPort['resolve']>;

const refused = (why: string): Resolution => ({
  kind: 'refused',
  reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): ${why}`,
});

const pickVersion = (secret: Secret, stage: string, id: string): Version | undefined =>
  secret.versions.find(
    (version) =>
      (id === '' || version.id === id) &&
      (stage === '' && id !== '' ? true : version.stages.includes(stage || 'AWSCURRENT')),
  );

const pickKey = (text: string, key: string): string | undefined => {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const picked: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof picked === 'object' ? JSON.stringify(picked) : String(picked);
};

const readKey = (text: string, key: string, arn: string): Resolution => {
  try {
    const value = pickKey(text, key);
    return value === undefined
      ? refused(`retrieved secret from Secrets Manager did not contain json key ${key}`)
      : { kind: 'value', value, arn };
  } catch {
    return refused(`invalid character '${text.charAt(0)}' looking for beginning of value`);
  }
};

/** `valueFrom` is an ARN with optional `:json-key:version-stage:version-id`. */
export const resolveValueFrom = (store: SecretStore, valueFrom: string): Resolution => {
  // ECS takes anything but a Secrets Manager ARN for the name of an SSM parameter.
  if (!valueFrom.startsWith('arn:aws:secretsmanager:'))
    return {
      kind: 'refused',
      reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: ${valueFrom}`,
    };
  const parts = valueFrom.split(':');
  const id = parts.slice(0, 7).join(':');
  const [key = '', stage = '', versionId = ''] = parts.slice(7);
  // All three or none, empty ones with their colons.
  if (parts.length > 7 && parts.length !== 10)
    return refused('unexpected ARN format with parameters when trying to retrieve ASM secret');
  const failed = (why: string): Resolution =>
    refused(`failed to fetch secret ${id} from secrets manager: ${why}`);
  const secret = store.find(id);
  if (!secret) return failed("ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  if (secret.deletion)
    return failed(
      "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    );
  const text = pickVersion(secret, stage, versionId)?.content.string;
  if (text === undefined)
    return failed(
      `ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: ${stage || 'AWSCURRENT'}`,
    );
  return key === '' ? { kind: 'value', value: text, arn: secret.arn } : readKey(text, key, secret.arn);
};
