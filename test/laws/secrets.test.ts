// Law 6: no secret in any log, output, summary, state, request, override, task definition or container log, in any form;
// over a tenant's whole life, failures included.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { errorSummary, messageOf } from '../../src/shared/report.ts';
import { type ActionName, errorsOf, openRig, type Rig, runAction, type Texts } from '../dist/kit.ts';
import { createLab, type Lab } from '../lab.ts';
import { leaksIn, type Place, placeOfRequest, placesInSandbox, placesOfStep, readSecret } from './leaks.ts';

jest.setTimeout(120_000);

const tenantSecret = 'sit-goldencrust-db-credentials';
/** Somebody made it by hand: every kind of character that some encoding changes. */
const oddPassword = 'Ob"vi\\ously %& fake+/=ü<~>0';
const otherPassword = 'An\'other & fake "one" \\ 1234';

const seedTenantSecret = ({ neighbours }: Sandbox): void =>
  void neighbours.secrets.seedSecret(tenantSecret, { username: 'goldencrust_user', password: oddPassword });

/** Puts another password into the secret, so that the database knows a different one. */
const changePassword = ({ neighbours }: Sandbox): void => {
  const put = neighbours.secrets.operations.PutSecretValue as unknown as (input: object) => object;
  const SecretString = JSON.stringify({ username: 'goldencrust_user', password: otherPassword });
  put({ SecretId: tenantSecret, ClientRequestToken: 'c'.repeat(32), SecretString });
};

const secretsOf = (sandbox: Sandbox): Texts => {
  const basic = readSecret(sandbox, 'sit-basic-auth', 'password');
  const login = `${readSecret(sandbox, 'sit-basic-auth', 'username')}:${basic}`;
  return {
    'tenant password': oddPassword,
    'changed tenant password': otherPassword,
    'master password': readSecret(sandbox, 'sit-rds-master-credentials', 'password'),
    'basic auth password': basic,
    'basic auth header': Buffer.from(login).toString('base64'),
  };
};

const manifest = 'fleet/tenants/goldencrust.yml';
const failingManifest =
  'name: goldencrust\nimage: wordpress:boom-500\nenvironments: { sit: { priority: 140 } }\n';

type Stage = {
  readonly action: ActionName;
  readonly inputs?: Texts;
  /** What the action must say; without it the action succeeds. */
  readonly fails?: RegExp;
  /** What happens before. */
  readonly meanwhile?: 'image breaks' | 'password changes' | 'AWS quotes the secret';
};

const life: readonly Stage[] = [
  { action: 'provision-tenant', fails: /adopt: true/ },
  {
    action: 'provision-tenant',
    inputs: { adopt: 'true' },
    meanwhile: 'AWS quotes the secret',
    fails: /failed to satisfy constraint/,
  },
  { action: 'provision-tenant', inputs: { adopt: 'true', steps: 'secret,access' } },
  { action: 'run-db-init' },
  { action: 'provision-tenant' },
  { action: 'wait-healthy', inputs: { 'stable-seconds': '0' } },
  { action: 'provision-tenant', inputs: { 'dry-run': 'true' } },
  { action: 'provision-tenant', meanwhile: 'image breaks' },
  {
    action: 'wait-healthy',
    inputs: { 'timeout-minutes': '0.2' },
    fails: /not ready before the deadline|circuit breaker|rolled it back/,
  },
  { action: 'rollback-tenant', inputs: { mode: 'previous-revision' } },
  {
    action: 'run-db-init',
    inputs: { operation: 'verify' },
    meanwhile: 'password changes',
    fails: /exit code 45/,
  },
  {
    action: 'rollback-tenant',
    inputs: {
      mode: 'teardown',
      confirm: 'goldencrust',
      'drop-database': 'true',
      'purge-secret': 'true',
    },
  },
];

/** An API that repeats what it did not like. */
const quoteSecret = ({ faults }: Sandbox): void =>
  void faults.arm({
    service: 'secrets',
    operation: 'PutSecretValue',
    effect: {
      kind: 'error',
      code: 'InvalidParameterException',
      message: `Value '${JSON.stringify({ password: oddPassword })}' at 'secretString' failed to satisfy constraint; basis ${Buffer.from(oddPassword).toString('base64')}`,
    },
  });

describe('a whole life of a tenant', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  test('through the built actions: nothing printed, put out, kept or sent shows a secret', async () => {
    seedTenantSecret(rig.sandbox);
    const places: Place[] = [];
    for (const { action, inputs, fails, meanwhile } of life) {
      if (meanwhile === 'image breaks') await rig.workspace.edit(manifest, failingManifest);
      if (meanwhile === 'password changes') changePassword(rig.sandbox);
      if (meanwhile === 'AWS quotes the secret') quoteSecret(rig.sandbox);
      const probe = action === 'wait-healthy' ? { probe: `${rig.siteUrl}/` } : {};
      const end = await runAction(rig, action, {
        inputs: { ...inputs, ...probe },
        env: { RUNNER_DEBUG: '1' },
      });
      expect([action, errorsOf(end)]).toEqual([
        action,
        fails ? [expect.objectContaining({ text: expect.stringMatching(fails) })] : [],
      ]);
      places.push(...placesOfStep(end));
    }
    places.push(...rig.requests.map(placeOfRequest), ...(await placesInSandbox(rig.sandbox)));
    expect(leaksIn(places, secretsOf(rig.sandbox))).toEqual([]);
    // It was looked for where it could have been.
    expect(places.filter(({ where }) => /CreateSecret|PutSecretValue/.test(where))).not.toEqual([]);
    expect(
      places
        .filter(({ where }) => where.startsWith('log group'))
        .map(({ text }) => text)
        .join(''),
    ).toContain('goldencrust_db');
  });

  test('through the modules: what they say needs no filter, but what AWS quotes', async () => {
    const lab = await createLab();
    seedTenantSecret(lab.sandbox);
    const said: Place[] = [];
    for (const { action, inputs, fails, meanwhile } of life) {
      if (meanwhile === 'AWS quotes the secret') continue;
      if (meanwhile === 'image breaks') lab.edit(`examples/wpsit/${manifest.slice(6)}`, failingManifest);
      if (meanwhile === 'password changes') changePassword(lab.sandbox);
      said.push(...(await runInLab(lab, action, { inputs: inputs ?? {}, fails })));
    }
    const places = [
      ...said,
      { where: 'log', text: lab.lines.join('\n') },
      ...(await placesInSandbox(lab.sandbox)),
    ];
    expect(leaksIn(places, secretsOf(lab.sandbox))).toEqual([]);
  });
});

type Expected = { readonly inputs: Texts; readonly fails: RegExp | undefined };

const runInLab = async (
  lab: Lab,
  action: ActionName,
  { inputs, fails }: Expected,
): Promise<readonly Place[]> => {
  const outcome = await lab.run(action, inputs).catch((error: unknown) => ({ error }));
  if (!('error' in outcome)) {
    expect([action, fails]).toEqual([action, undefined]);
    return [{ where: `outputs of ${action}`, text: JSON.stringify(outcome) }];
  }
  expect(messageOf(outcome.error)).toMatch(fails ?? /nothing should fail here/);
  return [{ where: `error of ${action}`, text: errorSummary(action, outcome.error) }];
};
