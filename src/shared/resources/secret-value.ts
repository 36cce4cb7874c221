// A secret's value as it is now. One without a current version is there and yet has none; Secrets Manager calls that not found.
import { findAll } from '../diagnose/find.ts';
import { missingRules } from '../diagnose/rules/credentials-missing.ts';
import { Failed } from '../errors.ts';
import { namesOf } from '../fleet/names.ts';
import type { TaskOwner } from '../fleet/types.ts';
import type { Aws } from '../world.ts';
import { isNamed } from './surroundings.ts';

type Around = { readonly aws: Pick<Aws, 'secrets'>; readonly tenant: TaskOwner };

/** Throws Failed where the secret `id` has no current version. */
export const readCurrent = async (
  { aws, tenant }: Around,
  id: string,
): Promise<{ readonly SecretString?: string | undefined }> => {
  try {
    return await aws.secrets.getSecretValue({ SecretId: id });
  } catch (error) {
    throw error instanceof Error && isNamed(error, 'ResourceNotFoundException')
      ? explainMissing(error, id, tenant)
      : error;
  }
};

const explainMissing = (error: Error, id: string, { name: tenant, environment }: TaskOwner): Error => {
  const { name, message } = error;
  const facts = {
    secretArn: id,
    region: environment.region,
    environment: environment.name,
    subject: tenant,
    // No action fills the environment's own secrets.
    ...(id.includes(namesOf({ name: tenant, environment }).secret) && { tenant }),
  };
  const call = { facts, name, message, manifest: 'environment', answer: 'refused' } as const;
  const [finding] = findAll(missingRules, call);
  return finding ? new Failed(finding.cause, finding.fix.join(' ')) : error;
};
