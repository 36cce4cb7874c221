// What goes wrong with a secret without anybody calling it a deployment: a key lost, a text instead of JSON, a rotation
// that never finished, a deletion.
import { randomUUID } from 'node:crypto';
import type { Account } from './secret-store.ts';
import { deleteSecret, putSecretValue } from './secret-writes.ts';

export type Spoiling =
  | { readonly kind: 'without-key'; readonly key: string }
  | { readonly kind: 'plain-text'; readonly text: string }
  /** Its versions lose AWSCURRENT, as in a rotation that got stuck. */
  | { readonly kind: 'without-current' }
  | { readonly kind: 'pending-deletion' }
  | { readonly kind: 'deleted' };

/** By name or ARN; throws for a secret that is not there, and for a key that its JSON does not have. */
export const spoilSecret = (account: Account, id: string, spoiling: Spoiling): void => {
  const { store } = account;
  const secret = store.need(id);
  const put = (SecretString: string): void =>
    void putSecretValue(account, { SecretId: id, SecretString, ClientRequestToken: randomUUID() });
  switch (spoiling.kind) {
    case 'without-key': {
      const current = secret.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
      const { [spoiling.key]: lost, ...others } = JSON.parse(current?.content.string ?? '{}');
      if (lost === undefined) throw new Error(`Secret ${id} has no key ${spoiling.key}.`);
      put(JSON.stringify(others));
      return;
    }
    case 'plain-text':
      put(spoiling.text);
      return;
    case 'without-current': {
      const versions = secret.versions.map((version) => ({
        ...version,
        stages: version.stages.map((stage) => (stage === 'AWSCURRENT' ? 'AWSPENDING' : stage)),
      }));
      store.save({ ...secret, versions });
      return;
    }
    case 'pending-deletion':
      deleteSecret(account, { SecretId: id });
      return;
    case 'deleted':
      deleteSecret(account, { SecretId: id, ForceDeleteWithoutRecovery: true });
  }
};
